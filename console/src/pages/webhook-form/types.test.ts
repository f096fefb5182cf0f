import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf, choosable, covers, found, hears, saidOf } from "./types.ts";

const ACTIONS = [["ALL_NOTIFICATIONS", null], ["modelDeleted", "{actor} has deleted {subject}."], ["collectionCreated", "{actor} has created {subject}."]]
  .map(([name, template]) => ({ name: name ?? "", description: null, template: template ?? null, hasSchema: false, isCustom: false }));

test("a beginning means every type that begins so, in any case", () => {
  assert.deepEqual([covers("Collection*", "collectionCreated"), covers("collection*", "modelDeleted"), covers("MODELDELETED", "modelDeleted")], [true, false, true]);
});

test("types are found by their names and by what they say", () => {
  const names = (filter: string) => found(choosable(ACTIONS), filter).map((each) => each.name);
  assert.deepEqual([names(""), names("MODEL"), names("created"), names("coll*")], [["modelDeleted", "collectionCreated"], ["modelDeleted"], ["collectionCreated"], ["collectionCreated"]]);
});

test("what a type tells of is a sentence", () => {
  assert.deepEqual(ACTIONS.map(saidOf), ["", "Somebody has deleted …", "Somebody has created …"]);
});

test("only what a name may begin with is offered as a beginning", () => {
  assert.deepEqual(["coll", "coll*", "*", "1a", "a b"].map(beginningOf), ["coll*", "coll*", null, null, null]);
});

test("a webhook of all notifications hears of everything", () => {
  assert.deepEqual([hears({ isAll: true, types: [] }, "x"), hears({ isAll: false, types: ["a*"] }, "x")], [true, false]);
});
