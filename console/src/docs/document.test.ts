import assert from "node:assert/strict";
import { test } from "node:test";
import { curlOf } from "./curl.ts";
import { byTag, matches, type OpenApi, operationsOf, type Operation } from "./document.ts";
import { errorsOf } from "./errors.ts";

const document: OpenApi = {
  info: { title: "T", version: "1" },
  tags: [{ name: "things", description: "Things." }, { name: "empty" }],
  paths: {
    "/things/{id}": {
      parameters: [{ $ref: "#/components/parameters/id" } as never],
      get: { operationId: "show", tags: ["things"], summary: "One thing.", responses: { 200: { description: "OK." }, 404: { $ref: "#/components/responses/gone" } } },
      post: {
        operationId: "change", tags: ["things"], parameters: [{ name: "since", in: "query", required: true, example: "a b" }, { name: "limit", in: "query" }],
        requestBody: { required: true, content: { "application/json": { examples: { one: { value: { text: "it's" } } } } } },
        responses: { 404: { $ref: "#/components/responses/gone" } },
      },
    },
    "/health": { get: { security: [], responses: {} } },
  },
  components: {
    parameters: { id: { name: "id", in: "path", required: true, example: "th/1" } },
    responses: { gone: { description: "Gone.", content: { "application/json": { examples: { not_found: { $ref: "#/components/examples/not_found" } } } } } },
    examples: { not_found: { summary: "It is not there.", value: { error: { code: "not_found", message: "No." } } } },
  },
};
const operations = operationsOf(document);
const operation = (id: string): Operation => operations.find((each) => each.id === id) ?? assert.fail(`no operation ${id}`);

test("operations are in the document's order, with the parameters of their path", () => {
  assert.deepEqual(operations.map((each) => [each.method, each.id]), [["GET", "show"], ["POST", "change"], ["GET", "get-health"]]);
  assert.deepEqual(operation("change").parameters.map((each) => each.name), ["id", "since", "limit"]);
});

test("tags are in the document's order, without empty ones, and operations without a tag are in “others”", () => {
  assert.deepEqual(byTag(document, operations).map((tag) => [tag.name, tag.operations.length]), [["things", 2], ["others", 1]]);
});

test("an error is listed once, with all operations that return it", () => {
  assert.deepEqual(errorsOf(operations).map(({ status, code, meaning, operations: by }) => [status, code, meaning, by.map((each) => each.id)]),
    [["404", "not_found", "It is not there.", ["show", "change"]]]);
});

test("a search finds operations that contain all of its words, in any case", () => {
  assert.deepEqual(["get THING", "health things", ""].map((search) => operations.filter((each) => matches(each, search)).length), [1, 0, 3]);
});

test("a command has the path of the example, and the key if it is needed", () => {
  assert.equal(curlOf(operation("show")), 'curl -sS "$URL/things/th%2F1" \\\n  -H "Authorization: Bearer $KEY"');
  assert.equal(curlOf(operation("get-health")), 'curl -sS "$URL/health"');
});

test("a command has the required query, and its body in quotes for a shell", () => {
  const [example] = operation("change").body?.examples ?? [];
  assert.equal(curlOf(operation("change"), example?.value), [
    'curl -sS -X POST "$URL/things/th%2F1?since=a%20b"',
    '-H "Authorization: Bearer $KEY"',
    "-H 'Content-Type: application/json'",
    "-d '{\n  \"text\": \"it'\\''s\"\n}'",
  ].join(" \\\n  "));
});
