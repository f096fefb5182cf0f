import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookWith } from "./example.ts";
import { formOf } from "./form.ts";
import { rebased } from "./rebase.ts";

const BEFORE = formOf(webhookWith({ name: "Mine", filter: "a" }), true);

test("fields that only one of them changed are in the form", () => {
  const { form, theirs, conflicts } = rebased(BEFORE, { ...BEFORE, name: "Ours" }, webhookWith({ name: "Mine", filter: "b" }), true);
  assert.deepEqual([form.name, form.filter, theirs, conflicts], ["Ours", "b", ["filter"], []]);
});

test("if both changed a field, the form has mine, and theirs is a conflict", () => {
  const { form, conflicts } = rebased(BEFORE, { ...BEFORE, filter: "mine" }, webhookWith({ name: "Mine", filter: "theirs" }), true);
  assert.deepEqual([form.filter, conflicts.map((each) => [each.name, each.theirs.filter])], ["mine", [["filter", "theirs"]]]);
});

test("the same change by both is no conflict", () => {
  assert.deepEqual(rebased(BEFORE, { ...BEFORE, filter: "b" }, webhookWith({ name: "Mine", filter: "b" }), true).conflicts, []);
});
