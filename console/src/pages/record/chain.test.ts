import assert from "node:assert/strict";
import { test } from "node:test";
import { isDue, oldestFirst, plannedAt } from "./chain.ts";

type Attempt = Parameters<typeof plannedAt>[0][number];

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, "0")}:00.000Z`;
const first: Attempt = { id: "rec_1", createdAt: at(0), trigger: "notification", nextAttemptAt: at(5) };
const second: Attempt = { id: "rec_2", createdAt: at(5), trigger: "schedule", nextAttemptAt: at(30) };
const manual: Attempt = { id: "rec_3", createdAt: at(7), trigger: "retry", nextAttemptAt: null };
const third: Attempt = { id: "rec_4", createdAt: at(30), trigger: "schedule", nextAttemptAt: null };

test("attempts are sorted, oldest first", () => {
  assert.deepEqual(oldestFirst([third, manual, first, second]).map((each) => each.id), ["rec_1", "rec_2", "rec_3", "rec_4"]);
});

test("the next attempt is the one of the newest failure", () => {
  assert.equal(plannedAt([first]), at(5));
  assert.equal(plannedAt([second, first]), at(30));
});

test("a manual retry does not end the schedule", () => {
  assert.equal(plannedAt([manual, second, first]), at(30));
});

test("nothing is planned once the schedule is over", () => {
  assert.equal(plannedAt([third, manual, second, first]), null);
  assert.equal(plannedAt([]), null);
});

test("an attempt is looked for shortly before it is due, and for as long as it can be held back", () => {
  const now = Date.parse(at(10));
  assert.deepEqual([null, at(30), at(10), at(8), "2026-03-01T11:40:00.000Z"].map((each) => isDue(each, now)), [false, false, true, true, false]);
});
