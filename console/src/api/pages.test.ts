import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import type * as Pages from "./pages.ts";

const PAGES: Readonly<Record<string, { items: number[]; next: string | null }>> = {
  "/stage/things?limit=2": { items: [1, 2], next: "/stage/things?cursor=a" },
  "/stage/things?cursor=a": { items: [], next: "/stage/things?cursor=b" },
  "/stage/things?cursor=b": { items: [3], next: null },
};
let requested: string[] = [];
let pages: typeof Pages;

before(async () => {
  const answer = (url: string) => {
    requested.push(url);
    const { items, next } = PAGES[url] ?? { items: [], next: null };
    return Promise.resolve(new Response(JSON.stringify(items), { headers: next === null ? {} : { Link: `<https://api.example${next}>; rel="next"` } }));
  };
  Object.assign(globalThis, { // what a browser has
    document: { documentElement: { dataset: { root: "/stage/" } } }, location: { href: "https://api.example/stage/console" },
    sessionStorage: { getItem: () => null }, fetch: answer,
  });
  pages = await import("./pages.ts");
});
beforeEach(() => { requested = []; });

test("a page names the path of the next page", async () => {
  assert.deepEqual(await pages.list("things", { query: { limit: 2 } }), { items: [1, 2], next: "things?cursor=a" });
  assert.deepEqual(await pages.list("things?cursor=b"), { items: [3], next: null });
});

test("a whole list is requested to its end", async () => {
  assert.deepEqual(await pages.listAll("things", { query: { limit: 2 } }), [1, 2, 3]);
  assert.deepEqual(requested, Object.keys(PAGES));
});

test("further pages are requested until there are enough", async () => {
  const first = await pages.list<number>("things?cursor=a");
  assert.deepEqual(await pages.extended(first, (items) => items.length > 0), { items: [3], next: null });
  assert.deepEqual(await pages.extended(first, (_, count) => count === 1), first);
});

test("a next page is dropped if the list has changed in the meantime", () => {
  const list = { items: [1], next: "a" };
  assert.deepEqual(pages.appended(list, "a", { items: [2], next: "b" }), { items: [1, 2], next: "b" });
  assert.equal(pages.appended(list, "old", { items: [2], next: "b" }), list);
});
