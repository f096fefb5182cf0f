import assert from "node:assert/strict";
import { test } from "node:test";
import { causeInWords, outcomeInWords, triggerInWords } from "./words.ts";

test("an outcome is told by its status where that is what tells, else by its cause", () => {
  const told = (outcome: "succeeded" | "failed", httpStatusCode: number | null, failureCause: Parameters<typeof outcomeInWords>[0]["failureCause"]) => outcomeInWords({ outcome, httpStatusCode, failureCause });
  assert.equal(told("succeeded", 204, null), "204");
  assert.equal(told("failed", 503, "status"), "503");
  assert.equal(told("failed", null, "timeout"), "no answer in time");
  assert.equal(told("failed", 200, "badResponse"), "no valid HTTP answer");
});

test("words that are not known yet are shown as they came", () => {
  assert.deepEqual([causeInWords("newCause"), triggerInWords("newTrigger")], ["newCause", "newTrigger"]);
});
