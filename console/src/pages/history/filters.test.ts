import assert from "node:assert/strict";
import { test } from "node:test";
import { canGrow, filtersOf, hoursAgo, isFiltered, NONE, timeOf } from "./filters.ts";

process.env["TZ"] = "Asia/Kolkata"; // half an hour off the hours, so that a wrong sign or unit shows

const NOW = Date.parse("2026-03-01T12:00:30.500Z");

test("filters come from the address", () => {
  assert.deepEqual(filtersOf(new URLSearchParams("outcome=failed&webhookId=wh_1&else=1")), { ...NONE, outcome: "failed", webhookId: "wh_1" });
  assert.deepEqual([isFiltered(NONE), isFiltered({ ...NONE, since: "2026-03-01T12:00:00Z" })], [false, true]);
});

test("a value that is not a time leaves its field empty", () => {
  assert.deepEqual(["", "yesterday", "2026-03-01T12:00:07Z"].map(timeOf), ["", "", "2026-03-01T17:30"]);
});

test("a span begins at a full minute", () => {
  assert.equal(hoursAgo(24, NOW), "2026-02-28T12:00:00.000Z");
});

test("no new records can match a time in the past", () => {
  assert.deepEqual(["", "2026-03-01T13:00:00Z", "2026-03-01T11:00:00Z"].map((until) => canGrow({ ...NONE, until }, NOW)), [true, true, false]);
});
