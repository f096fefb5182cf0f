import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldErrors, ownerOf, partsOf, without } from "./errors.ts";

const refused = (fields: Record<string, string>, code = "invalid_input") => fieldErrors({ code, message: "It is wrong.", fields });

for (const [path, field] of [
  ["webhooks.0.url", "url"], ["url", "url"], ["webhook.timeoutSeconds", "timeoutSeconds"], ["webhooks.0.retrySchedule.3", "retrySchedule"],
  ["webhooks.0.notificationType.0", "notificationType"], ["webhooks.0.headers.X-Api.Key", "headers.x-api.key"], ["headers", "headers"], ["webhooks.0.authentication.tokenUrl", "authentication.tokenUrl"],
] as const) {
  test(`${path} is an error of ${field}`, () => assert.deepEqual(refused({ [path]: "it ends too early" }), { [field]: "It ends too early." }));
}

test("a path that is no field is left out", () => {
  assert.deepEqual(refused({ "webhooks.0.enabled": "no" }), {});
});

test("an unknown type is an error of the types", () => {
  assert.deepEqual(refused({}, "unknown_notification_type"), { notificationType: "It is wrong." });
});

test("the parts of a field, the field of a part, and what is left when a field has changed", () => {
  const errors = { url: "a", "headers.x-key": "b", headers: "c" };
  assert.deepEqual([partsOf(errors, "headers"), Object.keys(errors).map(ownerOf), without(errors, ["headers"])], [{ "x-key": "b" }, ["url", "headers", "headers"], { url: "a" }]);
});
