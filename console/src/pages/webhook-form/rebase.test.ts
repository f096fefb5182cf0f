import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookWith } from "./example.ts";
import { formOf } from "./form.ts";
import { rebased } from "./rebase.ts";

const BEFORE = formOf(webhookWith({ name: "Mine", filter: "a" }), true);

test("what each changed alone is in the form", () => {
  const { form, theirs, collisions } = rebased(BEFORE, { ...BEFORE, name: "Ours" }, webhookWith({ name: "Mine", filter: "b" }), true);
  assert.deepEqual([form.name, form.filter, theirs, collisions], ["Ours", "b", ["filter"], []]);
});

test("where both changed the same, mine stands and theirs is told", () => {
  const { form, collisions } = rebased(BEFORE, { ...BEFORE, filter: "mine" }, webhookWith({ name: "Mine", filter: "theirs" }), true);
  assert.deepEqual([form.filter, collisions.map((each) => [each.part, each.theirs.filter])], ["mine", [["filter", "theirs"]]]);
});

test("where both made the same change there is nothing to tell", () => {
  assert.deepEqual(rebased(BEFORE, { ...BEFORE, filter: "b" }, webhookWith({ name: "Mine", filter: "b" }), true).collisions, []);
});
