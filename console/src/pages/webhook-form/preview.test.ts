import assert from "node:assert/strict";
import { test } from "node:test";
import type { Preview } from "../../api/types.ts";
import { webhookWith } from "./example.ts";
import { blank, formOf } from "./form.ts";
import { previewBody, previewErrors, verdict } from "./preview.ts";
import { read } from "./reading.ts";
import { sampleOf, sampleProblem } from "./sample.ts";
import { typeOfSample } from "./types.ts";

const SENT: Preview = { matches: true, passesFilter: true, sends: true, body: "{}", headers: {}, problem: null };
const SAMPLE = sampleOf("modelDeleted", 2, false);
const ACTIONS = ["ALL_NOTIFICATIONS", "modelDeleted", "collectionCreated"].map((name) => ({ name, description: null, template: null, hasSchema: false, isCustom: false }));

test("an empty form can be previewed, with an address in place of the one that is missing", () => {
  const { webhook } = JSON.parse(previewBody(read(blank()).values, SAMPLE, false));
  assert.deepEqual(webhook, { url: "https://receiver.example/", name: "Preview", notificationType: ["ALL_NOTIFICATIONS"], format: "slack" });
});

test("the numbers of a sample stay as they were written", () => {
  assert.match(previewBody({}, '{"modelId":1.0,"big":12345678901234567890}', false), /"modelId":1\.0,"big":12345678901234567890/);
});

test("secrets that are kept have something in their place", () => {
  const form = formOf(webhookWith({ url: "https://a/…", headers: { "x-key": true }, authentication: { type: "oauth2", tokenUrl: "https://b/…", clientId: "me", clientSecret: true } }), false);
  const { webhook } = JSON.parse(previewBody(read(form, form).values, SAMPLE, true));
  assert.deepEqual(webhook.headers, { "x-key": "kept" });
  assert.deepEqual(webhook.authentication, { type: "oauth2", tokenUrl: "https://receiver.example/", clientId: "me", clientSecret: "kept" });
  assert.deepEqual([webhook.url, webhook.global], ["https://receiver.example/", true]);
});

test("what is wrong with the sample stands at the sample, what is wrong with a field at the field", () => {
  const told = (code: string, fields: Record<string, string>) => previewErrors({ code, message: "Wrong.", fields });
  assert.deepEqual(told("invalid_input", { notificationType: "a name" }), { fields: {}, sample: "Wrong." });
  assert.deepEqual(told("invalid_input", { "webhook.name": "too long" }), { fields: { name: "Too long." }, sample: null });
  assert.deepEqual(told("invalid_expression", { filter: "it ends too early, at character 2" }), { fields: { filter: "It ends too early, at character 2." }, sample: null });
  assert.deepEqual(told("unreachable", {}), { fields: {}, sample: null });
});

test("the verdict says why nothing is sent", () => {
  const form = { ...blank(), types: ["modelDeleted"] };
  const why = (preview: Partial<Preview>, of = form) => verdict({ ...SENT, sends: false, ...preview }, of, SAMPLE, false).why;
  assert.equal(verdict(SENT, form, SAMPLE, false).word, "would be sent");
  assert.match(why({ problem: "the transform gives null" }), /the transform gives null/);
  assert.match(why({ passesFilter: false }), /filter holds/);
  assert.match(why({}, blank()), /No notification types/);
  assert.match(why({ matches: false }, { ...form, types: ["collection*"] }), /does not hear of modelDeleted/);
  assert.match(why({ matches: false }), /does not concern you/);
});

test("a sample is of the first type that the webhook hears of", () => {
  const type = (types: string[], isAll = false) => typeOfSample({ isAll, types }, ACTIONS);
  assert.deepEqual([type([]), type(["x"], true), type(["collection*"]), type(["order*"]), type(["taskDeleted"])], ["modelDeleted", "modelDeleted", "collectionCreated", "order", "taskDeleted"]);
});

test("a sample pertains to whoever looks", () => {
  assert.deepEqual(JSON.parse(sampleOf("collectionCreated", "ann", false)), { notificationType: "collectionCreated", collectionName: "Finance", modelType: "collection", modelId: 7, actionBy: "ann", targetUser: "ann", targetGroup: null });
});

for (const [text, said] of [["{", "no JSON yet"], ["[1]", "JSON object"], ["", "Write a notification"], [`{"a":"${"x".repeat(200_000)}"}`, "196 KiB long"]] as const) {
  test(`a sample “${text.slice(0, 3)}” of ${text.length} characters is not sent, and told`, () => assert.match(sampleProblem(text) ?? "", new RegExp(said)));
}

test("a sample that is a notification has no problem", () => assert.equal(sampleProblem(SAMPLE), null));
