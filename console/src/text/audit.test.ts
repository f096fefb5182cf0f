import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn } from "./audit.ts";

const line = (webhookId: string | null, from?: unknown, to?: unknown) => ({ webhookId, changes: from === undefined && to === undefined ? {} : { name: { from, to } } });

test("a webhook has the name in the newest line", () => {
  const lines = [line("wh_1", "New", null), line("wh_1"), line("wh_1", "Old", "New"), line("wh_2", null, "Other")];
  assert.deepEqual([...namesIn(lines)], [["wh_1", "New"], ["wh_2", "Other"]]);
});

test("the names of users are not names of webhooks", () => {
  assert.equal(namesIn([line(null, null, "Anna")]).size, 0);
});
