import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ENTRIES } from "./fields.ts";

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

test("every field has a different label", () => {
  assert.equal(new Set(ENTRIES.map(([, { label }]) => label)).size, ENTRIES.length);
});
