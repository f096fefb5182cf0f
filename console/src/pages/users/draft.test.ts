import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, draftOf, pathOf } from "./draft.ts";

const USER = { id: 1, name: "Ada", role: "admin" as const, groups: [7, "a, b"], enabled: false, createdAt: "", updatedAt: "" };

test("a user that is saved without changes stays the same, with any names of groups", () => {
  assert.deepEqual(bodyOf(draftOf(USER)), { name: "Ada", role: "admin", groups: ["7", "a, b"], enabled: false });
});

test("empty lines are not groups, and each group is sent once", () => {
  assert.deepEqual(bodyOf({ name: " Ada ", role: "user", groups: "\n7\n 7 \n\n8", enabled: true }), { name: "Ada", role: "user", groups: ["7", "8"], enabled: true });
});

test("an id with any characters is one part of a path", () => {
  assert.equal(pathOf("a/b?c"), "users/a%2Fb%3Fc");
});
