import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, counted, duration, pretty, relative } from "./format.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test("times are relative to now", () => {
  assert.equal(relative("2026-03-01T11:57:00Z", NOW), "3 minutes ago");
  assert.equal(relative("2026-03-01T14:00:00Z", NOW), "in 2 hours");
  assert.equal(relative("2026-03-01T12:00:01Z", NOW), "now");
});

test("durations and sizes have the unit that fits", () => {
  assert.deepEqual([85, 1_230, 200_000, 10_800_000].map(duration), ["85 ms", "1.2 s", "3 min", "3 h"]);
  assert.deepEqual([412, 3_100, 2_000_000].map(bytes), ["412 B", "3.1 kB", "2.0 MB"]);
  assert.deepEqual([counted(1, "webhook"), counted(1_204, "webhook")], ["1 webhook", "1,204 webhooks"]);
});

test("JSON is indented, and its values stay the same", () => {
  assert.equal(pretty('{"a":1.0,"b":[],"c":[12345678901234567890,"{:,}"],"d":{}}'), '{\n  "a": 1.0,\n  "b": [],\n  "c": [\n    12345678901234567890,\n    "{:,}"\n  ],\n  "d": {}\n}');
});

test("other text stays the same", () => {
  assert.equal(pretty("<b>no</b>"), "<b>no</b>");
});
