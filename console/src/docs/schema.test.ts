import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenApi, Schema } from "./document.ts";
import { limitsOf, rowsOf, typeOf, valuesOf } from "./schema.ts";

const document: OpenApi = {
  info: { title: "T", version: "1" },
  paths: {},
  components: {
    schemas: {
      User: { type: "object", required: ["id"], properties: { id: { anyOf: [{ type: "integer" }, { type: "string" }] }, role: { $ref: "#/components/schemas/Role", default: "user" } } },
      Role: { type: "string", enum: ["user", "admin"], description: "What a user may do." },
      Tree: { type: "object", properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } },
      "odd/na~me": { type: "string", minLength: 1, maxLength: 5 },
    },
  },
};

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const drawn = (schema: Schema): string[] => rowsOf(document, schema).map(({ depth, name, type }) => `${"  ".repeat(depth)}${name}: ${type}`);

test("a reference is resolved, and named if it is an object", () => {
  assert.deepEqual(drawn(ref("User")), ["id: integer or string", "role: string"]);
  assert.equal(typeOf(document, { type: "array", items: ref("User") }), "array of User");
});

test("members next to a reference are added to its target", () => {
  const [, role] = rowsOf(document, ref("User"));
  assert.deepEqual([role?.values, role?.limits, role?.description], [["user", "admin"], ['default "user"'], "What a user may do."]);
});

test("an escaped name in a reference is read, and a reference without a target can be anything", () => {
  assert.deepEqual(limitsOf(document, ref("odd~1na~0me")), ["1 to 5 characters"]);
  assert.equal(typeOf(document, ref("Missing")), "anything");
});

test("required members are marked", () => {
  assert.deepEqual(rowsOf(document, ref("User")).map((row) => row.isRequired), [true, false]);
});

test("the members of an array's elements are below the array, indented", () => {
  assert.deepEqual(drawn({ type: "object", properties: { users: { type: "array", items: ref("User") } } }), ["users: array of User", "  id: integer or string", "  role: string"]);
});

test("an array shows the members of its elements", () => {
  assert.deepEqual(drawn({ type: "array", items: ref("User") }), drawn(ref("User")));
});

test("limits of an array are its own and its elements'", () => {
  assert.deepEqual(limitsOf(document, { type: "array", maxItems: 10, items: { type: "integer", minimum: 1, maximum: 86400 } }), ["at most 10 items", "each 1 to 86400"]);
});

test("enums are values, through arrays and alternatives too", () => {
  const roles = { type: "array", items: { anyOf: [ref("Role"), { type: "null" }] } };
  assert.deepEqual(valuesOf(document, roles), ["user", "admin"]);
});

test("a nullable value says so, and keeps its limits and members", () => {
  const nullable: Schema = { anyOf: [{ type: "number", minimum: 1, maximum: 30.0 }, { type: "null" }] };
  assert.equal(typeOf(document, nullable), "number or null");
  assert.deepEqual(limitsOf(document, nullable), ["1 to 30"]);
  assert.deepEqual(drawn({ type: "object", properties: { owner: { anyOf: [ref("User"), { type: "null" }] } } }), ["owner: User or null", "  id: integer or string", "  role: string"]);
  assert.equal(typeOf(document, { type: ["string", "null"] }), "string or null");
});

test("equal alternatives are shown once", () => {
  assert.equal(typeOf(document, { anyOf: [{ type: "string", minLength: 1 }, { type: "string", format: "date" }] }), "string");
});

test("an object with any members shows the type of their values, and their members", () => {
  assert.equal(typeOf(document, { type: "object", additionalProperties: { type: "integer" } }), "object of integer");
  assert.deepEqual(drawn({ type: "object", properties: { byName: { type: "object", additionalProperties: ref("User") } } }), ["byName: object of User", "  id: integer or string", "  role: string"]);
});

test("additional members have a row, unless they are refused", () => {
  const properties = { name: { type: "string" } };
  assert.deepEqual(drawn({ type: "object", properties, additionalProperties: true }), ["name: string", "any other: anything"]);
  assert.deepEqual(drawn({ type: "object", properties, additionalProperties: { type: "integer" } }), ["name: string", "any other: integer"]);
  assert.deepEqual(drawn({ type: "object", properties, additionalProperties: false }), ["name: string"]);
});

test("alternative objects have their names as headings", () => {
  assert.deepEqual(drawn({ anyOf: [ref("User"), ref("Tree")] }), ["User: either", "  id: integer or string", "  role: string", "Tree: or", "  name: string", "  children: array of Tree"]);
});

test("a recursive schema is named and not repeated", () => {
  assert.deepEqual(drawn(ref("Tree")), ["name: string", "children: array of Tree"]);
});

test("limits are in words", () => {
  assert.deepEqual(limitsOf(document, { type: "string", minLength: 1, maxLength: 1 }), ["exactly 1 character"]);
  assert.deepEqual(limitsOf(document, { type: "integer", minimum: 0 }), ["at least 0"]);
  assert.deepEqual(limitsOf(document, { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }), ["more than 0", "less than 1"]);
  assert.deepEqual(limitsOf(document, { type: "string", format: "date-time" }), ["ISO 8601 with a zone"]);
  assert.deepEqual(limitsOf(document, { type: "boolean", default: false }), ["default false"]);
});

test("the type of a constant is its value", () => {
  assert.equal(typeOf(document, { anyOf: [{ type: "string" }, { const: true, type: "boolean" }] }), "string or true");
});

test("paths of rows are unique, so that a table can be keyed by them", () => {
  const paths = rowsOf(document, { anyOf: [ref("User"), { type: "object", properties: { id: ref("User") }, additionalProperties: true }] }).map((row) => row.path);
  assert.equal(new Set(paths).size, paths.length);
});

test("no schema has no rows", () => {
  assert.deepEqual(rowsOf(document, undefined), []);
});
