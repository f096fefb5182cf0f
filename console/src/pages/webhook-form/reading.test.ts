import assert from "node:assert/strict";
import { test } from "node:test";
import { webhookWith } from "./example.ts";
import { blank, type Form, formOf, withRow } from "./form.ts";
import { draftOf, patchOf, read } from "./reading.ts";

const READY: Form = { ...blank(), url: " https://example.com/ ", name: "Mine", types: ["collection*"] };

function patch(before: Form, parts: Partial<Form>) {
  return patchOf(read(before, before).values, read({ ...before, ...parts }, before).values);
}

test("a new webhook carries what was said, and no defaults", () => {
  assert.deepEqual(draftOf(read(READY).values), { format: "slack", url: "https://example.com/", name: "Mine", notificationType: ["collection*"] });
});

test("a new webhook carries everything that can be said", () => {
  const headers = withRow([]).map((row) => ({ ...row, name: " X-Team ", value: { isKept: false, text: "data" } }));
  const authentication = { ...blank().authentication, way: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: { isKept: false, text: "s" }, scope: "hooks", clientAuthentication: "body" } as const;
  const form: Form = {
    ...READY, isAll: true, isGlobal: true, actionType: "received", format: "teams", filter: "a", transform: "b", headers, authentication,
    timeoutSeconds: "2,5", rateLimitPerSecond: "1", retentionDays: "7", schedule: { kind: "own", text: "5m" }, hasKeyPair: true,
  };
  assert.deepEqual(draftOf(read(form).values), {
    url: "https://example.com/", name: "Mine", notificationType: ["ALL_NOTIFICATIONS"], global: true, actionType: "received", format: "teams", filter: "a", transform: "b",
    headers: { "x-team": "data" }, authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: "s", scope: "hooks", clientAuthentication: "body" },
    timeoutSeconds: 2.5, rateLimitPerSecond: 1, retentionDays: 7, retrySchedule: [300], asymmetricSignature: true,
  });
});

test("a change of the scope keeps how the client shows itself", () => {
  const before = formOf(webhookWith({ authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: true, clientAuthentication: "basicRaw" } }), true);
  const after = { ...before, authentication: { ...before.authentication, scope: "hooks" } };
  assert.deepEqual(patchOf(read(before, before).values, read(after, before).values), {
    authentication: { type: "oauth2", tokenUrl: "https://login.example/", clientId: "me", clientSecret: true, scope: "hooks", clientAuthentication: "basicRaw" },
  });
});

test("nothing at all is a sentence at each field that is needed", () => {
  assert.deepEqual(Object.keys(read(blank()).errors), ["url", "name", "notificationType"]);
});

for (const [part, text] of [["timeoutSeconds", "31"], ["timeoutSeconds", "soon"], ["rateLimitPerSecond", "0"], ["retentionDays", "1.5"], ["filter", "a".repeat(1_001)]] as const) {
  test(`${part} “${text.slice(0, 9)}” is wrong, and is left out of what can be previewed`, () => {
    const { values, errors } = read({ ...READY, [part]: text });
    assert.deepEqual([Object.keys(errors), part in values], [[part], false]);
  });
}

test("headers of one name in two spellings, and a value without a name, are wrong in their rows", () => {
  const row = (key: number, name: string) => ({ key, name, value: { isKept: false, text: "v" } });
  assert.deepEqual(Object.keys(read({ ...READY, headers: [row(0, "X-A"), row(1, "x-a"), row(2, "")] }).errors), ["headers.#1", "headers.#2"]);
});

test("a row of headers that nobody has begun is nothing", () => {
  assert.deepEqual(read({ ...READY, headers: withRow([]) }).values.headers, null);
});

test("a webhook as it is needs no change", () => {
  const whole = webhookWith({ headers: { "x-key": true }, authentication: { type: "basic", username: "me", password: true }, retrySchedule: [5, 300], filter: "a", timeoutSeconds: 3 });
  assert.deepEqual(patch(formOf(whole, true), {}), {});
});

test("only what was changed is sent", () => {
  assert.deepEqual(patch(formOf(webhookWith(), true), { name: "Ours", schedule: { kind: "none", text: "" } }), { name: "Ours", retrySchedule: [] });
});

test("what is emptied goes back to its default", () => {
  const before = formOf(webhookWith({ filter: "a", timeoutSeconds: 3, retrySchedule: [5], actionType: "received" }), true);
  assert.deepEqual(patch(before, { filter: "", timeoutSeconds: "", schedule: { kind: "default", text: "" }, actionType: "" }), { actionType: null, filter: null, timeoutSeconds: null, retrySchedule: null });
});

test("a header that is kept is true beside one that is new", () => {
  const before = formOf(webhookWith({ headers: { "x-key": true } }), true);
  const headers = withRow(before.headers).map((row) => (row.name === "" ? { ...row, name: "x-team", value: { isKept: false, text: "data" } } : row));
  assert.deepEqual(patch(before, { headers }), { headers: { "x-key": true, "x-team": "data" } });
});

test("a user name changes without its password", () => {
  const before = formOf(webhookWith({ authentication: { type: "basic", username: "me", password: true } }), true);
  assert.deepEqual(patch(before, { authentication: { ...before.authentication, username: "you" } }), { authentication: { type: "basic", username: "you", password: true } });
});

test("a URL that is masked is never sent back", () => {
  const before = formOf(webhookWith({ url: "https://example.com/…" }), false);
  assert.deepEqual([read(before, before).errors, patch(before, { name: "Ours" })], [{}, { name: "Ours" }]);
});

test("a token URL that is masked has to be written anew where anything beside it changes", () => {
  const before = formOf(webhookWith({ authentication: { type: "oauth2", tokenUrl: "https://login.example/…", clientId: "me", clientSecret: true } }), false);
  const after = { ...before, authentication: { ...before.authentication, scope: "hooks" } };
  assert.deepEqual([read(before, before).errors, Object.keys(read(after, before).errors)], [{}, ["authentication.tokenUrl"]]);
});
