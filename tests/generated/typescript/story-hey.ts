// A day with the client that @hey-api/openapi-ts generates.
import assert from "node:assert/strict";

import { createClient } from "./hey/client/index.js";
import {
  acceptNotifications, createWebhooks, deleteWebhook, editWebhook, listActions, listRecords, putUser, retryRecord, showWebhook,
} from "./hey/index.js";
import { client as asDescribed } from "./hey/client.gen.js";
import { DELETED, KEY, PAUSED, PLAIN, SAMPLE, until, URL } from "./samples.js";

assert.equal(asDescribed.getConfig().baseUrl, URL); // the document that was served says where the service is

const client = createClient({ ...asDescribed.getConfig(), auth: KEY });

const sample = await createWebhooks({ client, body: SAMPLE });
assert.equal(sample.data?.createdWebhooks[0]?.name, "My Webhook");
assert.equal(sample.data.createdWebhooks[0].format, "slack");
await deleteWebhook({ client, path: { webhook_id: sample.data.createdWebhooks[0].id } });

// Of two webhooks one is refused: the answer has both.
const some = await createWebhooks({ client, body: { webhooks: [PLAIN, { ...PLAIN, url: "https://10.0.0.1/" }] } });
assert.equal(some.response?.status, 201);
const made = some.data?.createdWebhooks[0];
assert.ok(made !== undefined && some.data !== undefined);
assert.deepEqual(some.data.errors.map((each) => [each.index, each.code]), [[1, "refused_url"]]);

// All of them are refused: the error speaks for all, `errors` for each.
const none = await createWebhooks({ client, body: { webhooks: [{ ...PLAIN, filter: "][" }] } });
assert.equal(none.response?.status, 422);
assert.ok(none.error !== undefined && "errors" in none.error);
assert.deepEqual(none.error.errors.map((each) => [each.index, each.code]), [[0, "invalid_expression"]]);
assert.equal(none.error.error.code, "invalid_expression");

// An error of the whole request has the plain shape.
const cursor = await listRecords({ client, query: { cursor: "none of ours" } });
assert.equal(cursor.response?.status, 400);
assert.equal(cursor.error?.error.code, "invalid_cursor");

const taken = await acceptNotifications({ client, body: { notifications: [DELETED, { ...DELETED, notificationType: "no name" }] } });
assert.equal(taken.response?.status, 202);
assert.deepEqual(taken.data?.errors.map((each) => each.index), [1]);

const record = await until(async () => {
  const { data } = await listRecords({ client, query: { webhookId: made.id } });
  return data?.[0];
});
assert.equal(record.outcome, "succeeded");
assert.ok("request" in record);
assert.equal(JSON.parse(record.request.body).text, DELETED.text);
assert.deepEqual(record.response?.body, "ok\n");

const again = await retryRecord({ client, path: { record_id: record.id } });
assert.equal(again.data?.retryOf, record.id);

const names = await listActions({ client });
assert.equal(typeof names.data?.[0], "string");
const actions = await listActions({ client, query: { details: true } });
const first = actions.data?.[0];
assert.ok(typeof first === "object" && typeof first.hasSchema === "boolean");

const user = await putUser({ client, path: { user_id: "hey" }, body: { name: "Hey" } });
assert.equal(user.data?.role, "user");

const edited = await editWebhook({ client, path: { webhook_id: made.id }, body: PAUSED, headers: { "If-Match": '"1"' } });
assert.equal(edited.data?.status, "paused");
assert.deepEqual(edited.data.headers, { "x-team": true });
assert.deepEqual(edited.data.authentication, { type: "basic", username: "me", password: true });
const gone = await deleteWebhook({ client, path: { webhook_id: made.id } });
assert.equal(gone.response?.status, 204);
const missing = await showWebhook({ client, path: { webhook_id: made.id } });
assert.equal(missing.error?.error.code, "webhook_not_found");
console.log("told");
