import assert from "node:assert/strict";
import { test } from "node:test";
import { daysOf, HOUR_MS, hoursOf, stacked } from "./buckets.ts";

const TIMES = { p50: 10, p95: 20, p99: 30 };
const START = new Date(2026, 2, 1, 22).getTime(); // two hours before midnight in the reader's time zone

const stats = {
  since: new Date(START + 60_000).toISOString(),
  until: new Date(START + 3 * HOUR_MS + 1).toISOString(),
  hours: [{ hour: new Date(START + HOUR_MS).toISOString(), succeeded: 4, failed: { timeout: 1, status: 2 }, responseTimeMs: TIMES }],
};

test("hours without attempts are empty, from the first to the current one", () => {
  const hours = hoursOf(stats);
  assert.deepEqual(hours.map(({ succeeded, failed }) => [succeeded, failed]), [[0, 0], [4, 3], [0, 0], [0, 0]]);
  assert.deepEqual(hours.map(({ times }) => times), [null, TIMES, null, null]);
  assert.equal(hours[0]?.startMs, START);
});

test("days begin at midnight in the reader's time zone", () => {
  const days = daysOf(hoursOf(stats));
  assert.deepEqual(days.map(({ succeeded, failed }) => [succeeded, failed]), [[4, 3], [0, 0]]);
  assert.equal(days[1]?.startMs, new Date(2026, 2, 2).getTime());
  assert.equal(days[0]?.times, null);
});

test("one failure among many successes has a visible bar, and no failure has none", () => {
  const bucket = { startMs: 0, endMs: 1, times: null };
  const { succeeded, total } = stacked([{ ...bucket, succeeded: 9_999, failed: 1 }, { ...bucket, succeeded: 5, failed: 0 }], 0.02);
  assert.deepEqual(succeeded, [9_999, 5]);
  assert.deepEqual(total, [9_999 + 200, 5]);
});
