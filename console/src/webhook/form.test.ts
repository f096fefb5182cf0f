import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookWith } from "./example.ts";
import type { Form } from "./field.ts";
import { ENTRIES } from "./fields.ts";
import { blankForm, draftOf, formOf, inWords, patchOf, read } from "./form.ts";
import { withRow } from "./headers.ts";

const READY: Form = { ...blankForm(), url: " https://example.com/ ", name: "Mine", notificationType: { isAll: false, names: ["collection*"] } };

function patch(before: Form, parts: Partial<Form>) {
  return patchOf(read(before, before).values, read({ ...before, ...parts }, before).values);
}

test("a new webhook is sent without defaults", () => {
  assert.deepEqual(draftOf(read(READY).values), { format: "slack", url: "https://example.com/", name: "Mine", notificationType: ["collection*"] });
});

test("a new webhook can have every field", () => {
  const headers = withRow([]).map((row) => ({ ...row, name: " X-Team ", value: { isKept: false, text: "data" } }));
  const authentication = { ...blankForm().authentication, method: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: { isKept: false, text: "s" }, scope: "hooks", clientAuthentication: "body" } as const;
  const form: Form = {
    ...READY, notificationType: { isAll: true, names: ["collection*"] }, global: true, actionType: "received", format: "teams", filter: "a", transform: "b", headers, authentication,
    timeoutSeconds: "2,5", rateLimitPerSecond: "1", retentionDays: "7", retrySchedule: { kind: "own", text: "5m" }, asymmetricSignature: true,
  };
  assert.deepEqual(draftOf(read(form).values), {
    url: "https://example.com/", name: "Mine", notificationType: ["ALL_NOTIFICATIONS"], global: true, actionType: "received", format: "teams", filter: "a", transform: "b",
    headers: { "x-team": "data" }, authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: "s", scope: "hooks", clientAuthentication: "body" },
    timeoutSeconds: 2.5, rateLimitPerSecond: 1, retentionDays: 7, retrySchedule: [300], asymmetricSignature: true,
  });
});

test("a change of the scope keeps how the client authenticates", () => {
  const before = formOf(webhookWith({ authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: true, clientAuthentication: "basicRaw" } }), true);
  const after = { ...before, authentication: { ...before.authentication, scope: "hooks" } };
  assert.deepEqual(patchOf(read(before, before).values, read(after, before).values), {
    authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: true, scope: "hooks", clientAuthentication: "basicRaw" },
  });
});

test("an empty form has an error for each required field", () => {
  assert.deepEqual(Object.keys(read(blankForm()).errors), ["url", "name", "notificationType"]);
});

for (const [part, text] of [["timeoutSeconds", "31"], ["timeoutSeconds", "soon"], ["rateLimitPerSecond", "0"], ["retentionDays", "1.5"], ["filter", "a".repeat(1_001)]] as const) {
  test(`${part} “${text.slice(0, 9)}” is an error, and not among the values of the preview`, () => {
    const { values, errors } = read({ ...READY, [part]: text });
    assert.deepEqual([Object.keys(errors), part in values], [[part], false]);
  });
}

test("two headers with the same name in upper and lower case, and a value without a name, are errors of their rows", () => {
  const row = (key: number, name: string) => ({ key, name, value: { isKept: false, text: "v" } });
  assert.deepEqual(Object.keys(read({ ...READY, headers: [row(0, "X-A"), row(1, "x-a"), row(2, "")] }).errors), ["headers.#1", "headers.#2"]);
});

test("an empty row of headers is not sent", () => {
  assert.deepEqual(read({ ...READY, headers: withRow([]) }).values.headers, null);
});

test("an unchanged webhook needs no PATCH", () => {
  const whole = webhookWith({ headers: { "x-key": true }, authentication: { type: "basic", username: "me", password: true }, retrySchedule: [5, 300], filter: "a", timeoutSeconds: 3 });
  assert.deepEqual(patch(formOf(whole, true), {}), {});
});

test("only what was changed is sent", () => {
  assert.deepEqual(patch(formOf(webhookWith(), true), { name: "Ours", retrySchedule: { kind: "none", text: "" } }), { name: "Ours", retrySchedule: [] });
});

test("an emptied field goes back to its default", () => {
  const before = formOf(webhookWith({ filter: "a", timeoutSeconds: 3, retrySchedule: [5], actionType: "received" }), true);
  assert.deepEqual(patch(before, { filter: "", timeoutSeconds: "", retrySchedule: { kind: "default", text: "" }, actionType: "" }), { actionType: null, filter: null, timeoutSeconds: null, retrySchedule: null });
});

test("a kept header is sent as true, next to a new one", () => {
  const before = formOf(webhookWith({ headers: { "x-key": true } }), true);
  const headers = withRow(before.headers).map((row) => (row.name === "" ? { ...row, name: "x-team", value: { isKept: false, text: "data" } } : row));
  assert.deepEqual(patch(before, { headers }), { headers: { "x-key": true, "x-team": "data" } });
});

test("a user name changes without its password", () => {
  const before = formOf(webhookWith({ authentication: { type: "basic", username: "me", password: true } }), true);
  assert.deepEqual(patch(before, { authentication: { ...before.authentication, username: "you" } }), { authentication: { type: "basic", username: "you", password: true } });
});

test("a masked URL is never sent back", () => {
  const before = formOf(webhookWith({ url: "https://example.com/…" }), false);
  assert.deepEqual([read(before, before).errors, patch(before, { name: "Ours" })], [{}, { name: "Ours" }]);
});

test("a masked token URL must be entered again if another member changes", () => {
  const before = formOf(webhookWith({ authentication: { type: "oauth2", tokenUrl: "https://login.example/…", clientId: "me", clientSecret: true } }), false);
  const after = { ...before, authentication: { ...before.authentication, scope: "hooks" } };
  assert.deepEqual([read(before, before).errors, Object.keys(read(after, before).errors)], [{}, ["authentication.tokenUrl"]]);
});

test("the settings of a webhook are shown in words, and defaults by their names", () => {
  const webhook = webhookWith({ headers: { "x-key": true }, authentication: { type: "basic", username: "me", password: true }, retrySchedule: [5], rateLimitPerSecond: 0.5, retentionDays: 1, publicKey: "whpk_" });
  const words = (of: typeof webhook) => Object.fromEntries(ENTRIES.map(([name]) => [name, inWords(name, formOf(of, true))]));
  assert.partialDeepStrictEqual(words(webhook), {
    url: "https://example.com/hooks", name: "Mine", notificationType: "modelDeleted", actionType: "by or for the owner", format: "Slack",
    global: "no", filter: "none", headers: "x-key", authentication: "Basic: user name and password", retrySchedule: "after 5 s",
    timeoutSeconds: "the service’s default", rateLimitPerSecond: "one every 2 s", retentionDays: "1 day", asymmetricSignature: "yes",
  });
  assert.partialDeepStrictEqual(words(webhookWith({ notificationType: ["ALL_NOTIFICATIONS"], global: true, timeoutSeconds: 2.5 })), {
    notificationType: "all", actionType: "everything", global: "yes", headers: "none", authentication: "none", retrySchedule: "the service’s default",
    timeoutSeconds: "2.5 s", rateLimitPerSecond: "no limit", asymmetricSignature: "no",
  });
});
