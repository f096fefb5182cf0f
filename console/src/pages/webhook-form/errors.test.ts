import assert from "node:assert/strict";
import { test } from "node:test";
import { concerns, fieldErrors, partOf, without } from "./errors.ts";

const refused = (fields: Record<string, string>, code = "invalid_input") => fieldErrors({ code, message: "It is wrong.", fields });

for (const [path, field] of [
  ["webhooks.0.url", "url"], ["url", "url"], ["webhook.timeoutSeconds", "timeoutSeconds"], ["webhooks.0.retrySchedule.3", "retrySchedule"],
  ["webhooks.0.notificationType.0", "notificationType"], ["webhooks.0.headers.X-Api.Key", "headers.x-api.key"], ["headers", "headers"], ["webhooks.0.authentication.tokenUrl", "authentication.tokenUrl"],
] as const) {
  test(`${path} leads to ${field}`, () => assert.deepEqual(refused({ [path]: "it ends too early" }), { [field]: "It ends too early." }));
}

test("a place that the form does not have leads nowhere", () => {
  assert.deepEqual(refused({ "webhooks.0.enabled": "no" }), {});
});

test("a type that is not known is told at the types", () => {
  assert.deepEqual(refused({}, "unknown_notification_type"), { notificationType: "It is wrong." });
});

test("the parts of a member, whether it is concerned, and what is left when it changed", () => {
  const errors = { url: "a", "headers.x-key": "b", headers: "c" };
  assert.deepEqual([partOf(errors, "headers"), concerns(errors, ["headers"]), concerns(errors, ["filter"]), without(errors, ["headers"])], [{ "x-key": "b" }, true, false, { url: "a" }]);
});
