// The same day with openapi-fetch, by the types of openapi-typescript.
import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { paths } from "./fetch.js";
import { DELETED, KEY, PAUSED, PLAIN, SAMPLE, until, URL } from "./samples.js";

const client = createClient<paths>({ baseUrl: URL, headers: { Authorization: `Bearer ${KEY}` } });

const sample = await client.POST("/webhooks", { body: SAMPLE });
assert.equal(sample.data?.createdWebhooks[0]?.name, "My Webhook");
assert.equal(sample.data.createdWebhooks[0].format, "slack");
await client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id: sample.data.createdWebhooks[0].id } } });

// Of two webhooks one is refused: the answer has both.
const some = await client.POST("/webhooks", { body: { webhooks: [PLAIN, { ...PLAIN, url: "https://10.0.0.1/" }] } });
assert.equal(some.response.status, 201);
const made = some.data?.createdWebhooks[0];
assert.ok(made !== undefined && some.data !== undefined);
assert.deepEqual(some.data.errors.map((each) => [each.index, each.code]), [[1, "refused_url"]]);
const one = { params: { path: { webhook_id: made.id } } };

// All of them are refused: the error speaks for all, `errors` for each.
const none = await client.POST("/webhooks", { body: { webhooks: [{ ...PLAIN, filter: "][" }] } });
assert.equal(none.response.status, 422);
assert.ok(none.error !== undefined && "errors" in none.error);
assert.deepEqual(none.error.errors.map((each) => [each.index, each.code]), [[0, "invalid_expression"]]);
assert.equal(none.error.error.code, "invalid_expression");

// An error of the whole request has the plain shape.
const cursor = await client.GET("/webhooks/history", { params: { query: { cursor: "none of ours" } } });
assert.equal(cursor.response.status, 400);
assert.equal(cursor.error?.error.code, "invalid_cursor");

const taken = await client.POST("/notifications", { body: { notifications: [DELETED, { ...DELETED, notificationType: "no name" }] } });
assert.equal(taken.response.status, 202);
assert.deepEqual(taken.data?.errors.map((each) => each.index), [1]);

const record = await until(async () => {
  const { data } = await client.GET("/webhooks/history", { params: { query: { webhookId: made.id } } });
  return data?.[0];
});
assert.equal(record.outcome, "succeeded");
assert.ok("request" in record);
assert.equal(JSON.parse(record.request.body).text, DELETED.text);
assert.deepEqual(record.response?.body, "ok\n");

const again = await client.POST("/history/retry/{record_id}", { params: { path: { record_id: record.id } } });
assert.equal(again.data?.retryOf, record.id);

const names = await client.GET("/webhooks/actions");
assert.equal(typeof names.data?.[0], "string");
const actions = await client.GET("/webhooks/actions", { params: { query: { details: true } } });
const first = actions.data?.[0];
assert.ok(typeof first === "object" && typeof first.hasSchema === "boolean");

const user = await client.PUT("/users/{user_id}", { params: { path: { user_id: "fetch" } }, body: { name: "Fetch" } });
assert.equal(user.data?.role, "user");

const edited = await client.PATCH("/webhooks/{webhook_id}", {
  params: { ...one.params, header: { "If-Match": '"1"' } }, body: PAUSED,
});
assert.equal(edited.data?.status, "paused");
assert.deepEqual(edited.data.headers, { "x-team": true });
assert.deepEqual(edited.data.authentication, { type: "basic", username: "me", password: true });
const gone = await client.DELETE("/webhooks/{webhook_id}", one);
assert.equal(gone.response.status, 204);
const missing = await client.GET("/webhooks/{webhook_id}", one);
assert.equal(missing.error?.error.code, "webhook_not_found");
console.log("told");
