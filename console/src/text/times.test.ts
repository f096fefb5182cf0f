import assert from "node:assert/strict";
import { test } from "node:test";
import { fromLocalInput, toLocalInput } from "./times.ts";

test("a time in an input is read as the same time", () => {
  const at = new Date(2026, 0, 2, 3, 4);
  assert.equal(toLocalInput(at), "2026-01-02T03:04");
  assert.equal(fromLocalInput("2026-01-02T03:04"), at.toISOString());
});

test("an input without a time has none", () => {
  assert.deepEqual(["", "2026-13-01T00:00"].map(fromLocalInput), [undefined, undefined]);
});
