import assert from "node:assert/strict";
import { test } from "node:test";
import { causeInWords, outcomeInWords, triggerInWords } from "./words.ts";

test("an outcome is shown by its status if that says enough, else by its cause", () => {
  const words = (outcome: "succeeded" | "failed", httpStatusCode: number | null, failureCause: Parameters<typeof outcomeInWords>[0]["failureCause"]) => outcomeInWords({ outcome, httpStatusCode, failureCause });
  assert.equal(words("succeeded", 204, null), "204");
  assert.equal(words("failed", 503, "status"), "503");
  assert.equal(words("failed", null, "timeout"), "timeout");
  assert.equal(words("failed", 200, "badResponse"), "no valid HTTP response");
});

test("unknown values are shown as they are", () => {
  assert.deepEqual([causeInWords("newCause"), triggerInWords("newTrigger")], ["newCause", "newTrigger"]);
});
