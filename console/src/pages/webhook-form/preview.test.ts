import assert from "node:assert/strict";
import { test } from "node:test";
import type { Preview } from "../../api/types.ts";
import { webhookWith } from "../../webhook/example.ts";
import { blankForm, formOf, read } from "../../webhook/form.ts";
import { typeOfSample } from "../../webhook/notification-types.ts";
import { previewBody, previewErrors, verdict } from "./preview.ts";
import { sampleOf, sampleProblem } from "./sample.ts";

const SENT: Preview = { matches: true, passesFilter: true, sends: true, body: "{}", headers: {}, problem: null };
const SAMPLE = sampleOf("modelDeleted", 2, false);
const ACTIONS = ["ALL_NOTIFICATIONS", "modelDeleted", "collectionCreated"].map((name) => ({ name, description: null, template: null, hasSchema: false, isCustom: false }));

test("an empty form has a preview, with another URL in place of the missing one", () => {
  const { webhook } = JSON.parse(previewBody(read(blankForm()).values, SAMPLE, false));
  assert.deepEqual(webhook, { url: "https://receiver.example/", name: "Preview", notificationType: ["ALL_NOTIFICATIONS"], format: "slack" });
});

test("the numbers of a sample stay as they were typed", () => {
  assert.match(previewBody({}, '{"modelId":1.0,"big":12345678901234567890}', false), /"modelId":1\.0,"big":12345678901234567890/);
});

test("kept secrets are replaced", () => {
  const form = formOf(webhookWith({ url: "https://a/…", headers: { "x-key": true }, authentication: { type: "oauth2", tokenUrl: "https://b/…", clientId: "me", clientSecret: true } }), false);
  const { webhook } = JSON.parse(previewBody(read(form, form).values, SAMPLE, true));
  assert.deepEqual(webhook.headers, { "x-key": "kept" });
  assert.deepEqual(webhook.authentication, { type: "oauth2", tokenUrl: "https://receiver.example/", clientId: "me", clientSecret: "kept" });
  assert.deepEqual([webhook.url, webhook.global], ["https://receiver.example/", true]);
});

test("errors of the sample are shown at the sample, errors of a field at the field", () => {
  const errors = (code: string, fields: Record<string, string>) => previewErrors({ code, message: "Wrong.", fields });
  assert.deepEqual(errors("invalid_input", { notificationType: "a name" }), { fields: {}, sample: "Wrong." });
  assert.deepEqual(errors("invalid_input", { "webhook.name": "too long" }), { fields: { name: "Too long." }, sample: null });
  assert.deepEqual(errors("invalid_expression", { filter: "it ends too early, at character 2" }), { fields: { filter: "It ends too early, at character 2." }, sample: null });
  assert.deepEqual(errors("unreachable", {}), { fields: {}, sample: null });
});

test("the verdict says why nothing is sent", () => {
  const form = { ...blankForm(), notificationType: { isAll: false, names: ["modelDeleted"] } };
  const why = (preview: Partial<Preview>, of = form) => verdict({ ...SENT, sends: false, ...preview }, of, SAMPLE, false).why;
  assert.equal(verdict(SENT, form, SAMPLE, false).word, "would be sent");
  assert.match(why({ problem: "the transform gives null" }), /the transform gives null/);
  assert.match(why({ passesFilter: false }), /filter rejects/);
  assert.match(why({}, blankForm()), /No notification types/);
  assert.match(why({ matches: false }, { ...form, notificationType: { isAll: false, names: ["collection*"] } }), /does not subscribe to modelDeleted/);
  assert.match(why({ matches: false }), /does not concern you/);
});

test("a sample has the first type that the webhook subscribes to", () => {
  const type = (names: string[], isAll = false) => typeOfSample({ isAll, names }, ACTIONS);
  assert.deepEqual([type([]), type(["x"], true), type(["collection*"]), type(["order*"]), type(["taskDeleted"])], ["modelDeleted", "modelDeleted", "collectionCreated", "order", "taskDeleted"]);
});

test("a sample concerns the person who sees it", () => {
  assert.deepEqual(JSON.parse(sampleOf("collectionCreated", "ann", false)), { notificationType: "collectionCreated", collectionName: "Finance", modelType: "collection", modelId: 7, actionBy: "ann", targetUser: "ann", targetGroup: null });
});

for (const [text, said] of [["{", "not JSON yet"], ["[1]", "JSON object"], ["", "Enter a notification"], [`{"a":"${"x".repeat(200_000)}"}`, "196 KiB long"]] as const) {
  test(`a sample “${text.slice(0, 3)}” of ${text.length} characters is an error and not sent`, () => assert.match(sampleProblem(text) ?? "", new RegExp(said)));
}

test("a sample that is a notification has no problem", () => assert.equal(sampleProblem(SAMPLE), null));
