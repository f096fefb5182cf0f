import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Fields } from "./field.ts";
import { ENTRIES, FIELDS } from "./fields.ts";

interface Limits { minimum?: number; maximum?: number; maxLength?: number; anyOf?: Limits[] }

const document = JSON.parse(readFileSync(new URL("../../../chalicelib/web/openapi.json", import.meta.url), "utf8"));
const members: Record<string, Limits> = document.components.schemas.WebhookInput.properties;

for (const [name, { bounds, lengthMax }] of ENTRIES) {
  const limits = [members[name] ?? {}, ...(members[name]?.anyOf ?? [])];
  const limit = (of: "minimum" | "maximum" | "maxLength") => limits.map((each) => each[of]).find((each) => each !== undefined);

  test(`${name} has the bounds of the API`, () => {
    assert.deepEqual(bounds, limit("minimum") === undefined ? undefined : [limit("minimum"), limit("maximum")]);
  });
  if (limit("maxLength") !== undefined && lengthMax !== undefined) test(`${name} has the length limit of the API`, () => assert.equal(lengthMax, limit("maxLength")));
}

test("a field that is missing, unknown, of another type or not fixed fails the type check", () => {
  const { url, ...others } = FIELDS;
  // @ts-expect-error: a field is missing
  others satisfies Fields;
  // @ts-expect-error: the API has no such field
  ({ ...FIELDS, colour: url }) satisfies Fields;
  // @ts-expect-error: a number is no text
  ({ ...FIELDS, name: FIELDS.timeoutSeconds }) satisfies Fields;
  // @ts-expect-error: a PATCH cannot change it
  ({ ...FIELDS, global: { ...FIELDS.global, isFixed: false } }) satisfies Fields;
});

test("every field has a different label", () => {
  assert.equal(new Set(ENTRIES.map(([, { label }]) => label)).size, ENTRIES.length);
});
