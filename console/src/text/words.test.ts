import assert from "node:assert/strict";
import { test } from "node:test";
import { causeInWords, outcomeInWords, scheduleInWords, triggerInWords, waitInWords } from "./words.ts";

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

test("a schedule is told as it was chosen", () => {
  assert.equal(scheduleInWords([5, 300, 90, 7_200]), "after 5 s, 5 min, 1 min 30 s, 2 h");
  assert.equal(scheduleInWords([]), "tried once, never again");
  assert.equal(waitInWords(5_400), "90 min");
});
