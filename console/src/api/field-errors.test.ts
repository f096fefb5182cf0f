import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { ApiError as Refusal } from "./client.ts";
import type * as Fields from "./field-errors.ts";

let refused: (fields: Record<string, string>) => Refusal;
let fieldError: typeof Fields.fieldError;
let errorWithoutField: typeof Fields.errorWithoutField;

before(async () => {
  Object.assign(globalThis, { document: { documentElement: { dataset: {} } }, sessionStorage: { getItem: () => null } }); // what a browser has
  const { ApiError } = await import("./client.ts");
  ({ fieldError, errorWithoutField } = await import("./field-errors.ts"));
  refused = (fields) => new ApiError(400, "invalid_input", "Wrong.", fields);
});

test("a problem is shown at its field, as a sentence", () => {
  assert.equal(fieldError(refused({ name: "it is built in" }), "name"), "It is built in.");
});

test("a problem within a member is shown at the member, with its path", () => {
  const error = refused({ "groups.1": "too long.", "schema.properties.id": "no type" });
  assert.equal(fieldError(error, "groups"), "Number 2: Too long.");
  assert.equal(fieldError(error, "schema"), "At properties.id: No type.");
});

test("a member whose name begins with another name is another member", () => {
  assert.equal(fieldError(refused({ names: "no" }), "name"), undefined);
});

test("an error without a field in the form is shown by itself", () => {
  const [placed, half, bare] = [refused({ name: "no" }), refused({ name: "no", other: "no" }), refused({})];
  assert.deepEqual([placed, half, bare].map((error) => errorWithoutField(error, ["name"])), [undefined, half, bare]);
});

test("an error of another kind is shown by itself", () => {
  const error = new TypeError("x");
  assert.deepEqual([fieldError(error, "name"), errorWithoutField(error, ["name"])], [undefined, error]);
});
