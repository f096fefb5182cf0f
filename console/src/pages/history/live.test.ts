import assert from "node:assert/strict";
import { test } from "node:test";
import { started, withFresh, continued, type Live, refreshed } from "./live.ts";

interface Row { id: string; createdAt: string; note?: string }

const row = (second: number, note?: string): Row => ({ id: `rec_${second}`, createdAt: `2026-03-01T12:00:${String(second).padStart(2, "0")}.000Z`, ...(note === undefined ? {} : { note }) });
const rows = (...seconds: number[]) => seconds.map((second) => row(second));
const shown = (live: Live<Row>) => live.shown.map((each) => each.id);

test("new records are added at the top", () => {
  const live = refreshed(started({ items: rows(3, 2), next: "older" }), { items: rows(4, 3, 2), next: "x" }, false);
  assert.deepEqual(shown(live), ["rec_4", "rec_3", "rec_2"]);
  assert.equal(live.next, "older");
});

test("a record that was queued earlier and arrived later is in its place", () => {
  assert.deepEqual(shown(refreshed(started({ items: rows(5, 3), next: null }), { items: rows(5, 4, 3), next: null }, false)), ["rec_5", "rec_4", "rec_3"]);
});

test("while somebody reads further down, new records are held back, each once", () => {
  const first = refreshed(started({ items: rows(2), next: null }), { items: rows(3, 2), next: null }, true);
  const second = refreshed(first, { items: rows(4, 3, 2), next: null }, true);
  assert.deepEqual(shown(second), ["rec_2"]);
  assert.deepEqual(second.fresh.map((each) => each.id), ["rec_4", "rec_3"]);
  assert.deepEqual(shown(withFresh(second)), ["rec_4", "rec_3", "rec_2"]);
  assert.deepEqual(withFresh(second).fresh, []);
});

test("a record that has changed is updated in its place", () => {
  const live = refreshed(started({ items: rows(3, 2), next: null }), { items: [row(3), row(2, "expunged")], next: null }, true);
  assert.equal(live.shown[1]?.note, "expunged");
});

test("if there are more new records than a page, the list starts again", () => {
  const live = refreshed(started({ items: rows(2, 1), next: "old" }), { items: rows(9, 8), next: "after 8" }, false);
  assert.deepEqual([shown(live), live.next], [["rec_9", "rec_8"], "after 8"]);
});

test("it also starts again without a loss after new records were held back", () => {
  const jumped = refreshed(started({ items: rows(2, 1), next: "old" }), { items: rows(9, 8), next: "after 8" }, true);
  const live = withFresh(refreshed(jumped, { items: rows(10, 9), next: "after 9" }, true));
  assert.deepEqual([shown(live), live.next], [["rec_10", "rec_9", "rec_8"], "after 8"]);
});

test("older records are added at the end", () => {
  const live = continued(started({ items: rows(5, 4), next: "more" }), { items: rows(3), next: null });
  assert.deepEqual([shown(live), live.next], [["rec_5", "rec_4", "rec_3"], null]);
});

test("an empty list starts with the first new records", () => {
  const live = refreshed(started<Row>({ items: [], next: "further back" }), { items: rows(2, 1), next: "after 1" }, false);
  assert.deepEqual([shown(live), live.next], [["rec_2", "rec_1"], "after 1"]);
});
