import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "./search.ts";

const health = { circuit: "closed", consecutiveFailures: 0, failingSince: null, nextProbeAt: null, retryAfter: null, isSlow: false } as const;
const live = { name: "Release notes", url: "https://hooks.example.org/a", status: "enabled", health } as const;
const failing = { ...live, health: { ...health, consecutiveFailures: 2 } };

test("text is found in names and URLs, in any case", () => {
  assert.deepEqual(["release", "EXAMPLE.org", " notes ", "other"].map((text) => matches(live, { text, state: "" })), [true, true, true, false]);
});

test("a failing webhook is also live, and a paused one is neither", () => {
  const inStates = (webhook: Parameters<typeof matches>[0]) => ["live", "failing", "paused", "disabled"].filter((state) => matches(webhook, { text: "", state }));
  assert.deepEqual(inStates(live), ["live"]);
  assert.deepEqual(inStates(failing), ["live", "failing"]);
  assert.deepEqual(inStates({ ...failing, status: "paused" }), ["paused"]);
});
