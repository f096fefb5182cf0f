import assert from "node:assert/strict";
import { test } from "node:test";
import { paragraphs } from "./markdown.ts";

test("empty lines separate paragraphs, and the lines of a paragraph are joined", () => {
  assert.deepEqual(paragraphs("one\ntwo\n\n\nthree\n"), [[{ kind: "text", text: "one two" }], [{ kind: "text", text: "three" }]]);
  assert.deepEqual(paragraphs(""), []);
});

test("code, emphasis and links are parsed", () => {
  assert.deepEqual(paragraphs("**Keys** are `*a*`, ``b`` or *c*: [see](https://example.com/x)."), [[
    { kind: "strong", text: "Keys" },
    { kind: "text", text: " are " },
    { kind: "code", text: "*a*" },
    { kind: "text", text: ", " },
    { kind: "code", text: "b" },
    { kind: "text", text: " or " },
    { kind: "em", text: "c" },
    { kind: "text", text: ": " },
    { kind: "link", text: "see", target: "https://example.com/x" },
    { kind: "text", text: "." },
  ]]);
});

test("HTML and single marks stay text", () => {
  assert.deepEqual(paragraphs("<b>2 * 3</b> `"), [[{ kind: "text", text: "<b>2 * 3</b> `" }]]);
});

for (const target of ["javascript:alert`1`", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "\u0001javascript:x"]) {
  test(`a link to ${JSON.stringify(target)} stays text`, () => {
    assert.deepEqual(new Set(paragraphs(`[go](${target})`).flat().map((each) => each.kind === "link")), new Set([false]));
  });
}

for (const target of ["#list_webhooks", "../console", "/docs?x=a:b", "http://example.com"]) {
  test(`a link to ${target} is one`, () => {
    assert.deepEqual(paragraphs(`[go](${target})`), [[{ kind: "link", text: "go", target }]]);
  });
}
