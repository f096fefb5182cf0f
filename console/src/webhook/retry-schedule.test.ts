import assert from "node:assert/strict";
import { test } from "node:test";
import { readSchedule, scheduleFromApi, scheduleInWords, waitInWords, writtenSchedule } from "./retry-schedule.ts";

test("waits are read in seconds, minutes and hours, on lines or separated by commas", () => {
  assert.deepEqual(readSchedule("5\n 30s, 5m; 2 h\n\n1 day"), [5, 30, 300, 7_200, 86_400]);
});

test("a schedule that was written is read as the same schedule", () => {
  assert.equal(writtenSchedule([5, 300, 7_200, 90, 86_400]), "5s\n5m\n2h\n90s\n24h");
  assert.deepEqual(readSchedule(writtenSchedule([5, 300, 7_200, 90, 86_400])), [5, 300, 7_200, 90, 86_400]);
});

for (const [text, said] of [["soon", "“soon” is not a wait"], ["0", "“0” is not a wait"], ["25h", "“25h” is not a wait"], ["", "at least one"], ["1,".repeat(11), "11 waits"]] as const) {
  test(`“${text}” is an error with a sentence`, () => assert.match(String(readSchedule(text)), new RegExp(said)));
}

test("a schedule is shown as it was chosen", () => {
  assert.deepEqual([[5, 300, 90, 7_200], [], null].map((waits) => scheduleInWords(scheduleFromApi(waits))), ["after 5 s, 5 min, 1 min 30 s, 2 h", "no retries", ""]);
  assert.equal(waitInWords(5_400), "90 min");
});
