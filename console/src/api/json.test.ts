import assert from "node:assert/strict";
import { test } from "node:test";
import { parsed } from "./json.ts";

test("an integer keeps its digits from the API to the screen and back", () => {
  const text = '{"maximum":12345678901234567890,"minimum":-9007199254740993,"multipleOf":0.5,"enum":[1,"12345678901234567890",null]}';
  assert.equal(JSON.stringify(parsed(text)), text);
});

test("numbers that JavaScript can represent are numbers", () => {
  assert.deepEqual(parsed('{"version":3,"timeoutSeconds":1.5,"count":9007199254740991}'), { version: 3, timeoutSeconds: 1.5, count: 9007199254740991 });
});
