import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, draftOf, problemOf } from "./draft.ts";
import { matches } from "./search.ts";

const TYPE = { name: "orderShipped", description: "Goods have left.", template: null, hasSchema: true, isCustom: true, schema: { required: ["orderId"] } };

test("a type that is saved without changes stays the same", () => {
  assert.deepEqual(JSON.parse(bodyOf(draftOf(TYPE))), { description: "Goods have left.", template: null, schema: { required: ["orderId"] } });
});

test("an empty field goes back to its default", () => {
  assert.deepEqual(JSON.parse(bodyOf({ name: "x", description: " ", template: "", schema: "\n" })), { description: null, template: null, schema: null });
});

test("a schema is sent as it was typed", () => {
  const schema = '{"maximum": 12345678901234567890}';
  assert.ok(bodyOf({ ...draftOf(null), schema }).endsWith(`"schema": ${schema}}`));
});

for (const [schema, expected] of [["", undefined], ['{"type": "object"}', undefined], ["[]", /JSON object/], ["null", /JSON object/], ["{type: 1}", /not JSON/]] as const) {
  test(`the schema ${JSON.stringify(schema)} is ${expected === undefined ? "valid" : "an error before it is sent"}`, () => {
    if (expected === undefined) assert.equal(problemOf(schema), undefined);
    else assert.match(problemOf(schema) ?? "", expected);
  });
}

test("a type is found by a part of its name or its description, in any case, within its kind", () => {
  assert.deepEqual(["ordersh", "GOODS", "nothing"].map((search) => matches(TYPE, search, "all")), [true, true, false]);
  assert.deepEqual((["custom", "built-in", "schema"] as const).map((kind) => matches(TYPE, "", kind)), [true, false, true]);
});
