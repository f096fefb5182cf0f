import assert from "node:assert/strict";
import { test } from "node:test";
import { readSchedule, writtenSchedule } from "./waits.ts";

test("waits are read in seconds, minutes and hours, on lines or between commas", () => {
  assert.deepEqual(readSchedule("5\n 30s, 5m; 2 h\n\n1 day"), [5, 30, 300, 7_200, 86_400]);
});

test("a written schedule reads as what it was", () => {
  assert.equal(writtenSchedule([5, 300, 7_200, 90, 86_400]), "5s\n5m\n2h\n90s\n24h");
  assert.deepEqual(readSchedule(writtenSchedule([5, 300, 7_200, 90, 86_400])), [5, 300, 7_200, 90, 86_400]);
});

for (const [text, said] of [["soon", "“soon” is no wait"], ["0", "“0” is no wait"], ["25h", "“25h” is no wait"], ["", "at least one"], ["1,".repeat(11), "11 waits"]] as const) {
  test(`“${text}” is refused with a sentence`, () => assert.match(String(readSchedule(text)), new RegExp(said)));
}
