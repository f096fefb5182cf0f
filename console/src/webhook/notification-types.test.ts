import assert from "node:assert/strict";
import { test } from "node:test";
import { choosable, found, matches, meaningOf, prefixOf, subscribes } from "./notification-types.ts";

const ACTIONS = [["ALL_NOTIFICATIONS", null], ["modelDeleted", "{actor} has deleted {subject}."], ["collectionCreated", "{actor} has created {subject}."]]
  .map(([name, template]) => ({ name: name ?? "", description: null, template: template ?? null, hasSchema: false, isCustom: false }));

test("a prefix matches every type that begins with it, in any case", () => {
  assert.deepEqual([matches("Collection*", "collectionCreated"), matches("collection*", "modelDeleted"), matches("MODELDELETED", "modelDeleted")], [true, false, true]);
});

test("types are found by name and by meaning", () => {
  const names = (filter: string) => found(choosable(ACTIONS), filter).map((each) => each.name);
  assert.deepEqual([names(""), names("MODEL"), names("created"), names("coll*")], [["modelDeleted", "collectionCreated"], ["modelDeleted"], ["collectionCreated"], ["collectionCreated"]]);
});

test("the meaning of a type is a sentence", () => {
  assert.deepEqual(ACTIONS.map(meaningOf), ["", "Somebody has deleted …", "Somebody has created …"]);
});

test("only what a name can begin with is offered as a prefix", () => {
  assert.deepEqual(["coll", "coll*", "*", "1a", "a b"].map(prefixOf), ["coll*", "coll*", null, null, null]);
});

test("a webhook with all notifications subscribes to every type", () => {
  assert.deepEqual([subscribes({ isAll: true, names: [] }, "x"), subscribes({ isAll: false, names: ["a*"] }, "x")], [true, false]);
});
