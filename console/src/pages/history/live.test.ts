import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, broughtIn, continued, type Live, received } from "./live.ts";

interface Row { id: string; createdAt: string; note?: string }

const row = (second: number, note?: string): Row => ({ id: `rec_${second}`, createdAt: `2026-03-01T12:00:${String(second).padStart(2, "0")}.000Z`, ...(note === undefined ? {} : { note }) });
const rows = (...seconds: number[]) => seconds.map((second) => row(second));
const shown = (live: Live<Row>) => live.shown.map((each) => each.id);

test("what is new comes in at the top", () => {
  const live = received(begun({ items: rows(3, 2), next: "older" }), { items: rows(4, 3, 2), next: "x" }, false);
  assert.deepEqual(shown(live), ["rec_4", "rec_3", "rec_2"]);
  assert.equal(live.next, "older");
});

test("a record that was queued earlier and came later takes its place", () => {
  assert.deepEqual(shown(received(begun({ items: rows(5, 3), next: null }), { items: rows(5, 4, 3), next: null }, false)), ["rec_5", "rec_4", "rec_3"]);
});

test("while somebody reads further down, what is new waits, once", () => {
  const first = received(begun({ items: rows(2), next: null }), { items: rows(3, 2), next: null }, true);
  const second = received(first, { items: rows(4, 3, 2), next: null }, true);
  assert.deepEqual(shown(second), ["rec_2"]);
  assert.deepEqual(second.fresh.map((each) => each.id), ["rec_4", "rec_3"]);
  assert.deepEqual(shown(broughtIn(second)), ["rec_4", "rec_3", "rec_2"]);
  assert.deepEqual(broughtIn(second).fresh, []);
});

test("a record that has changed is brought up to date where it stands", () => {
  const live = received(begun({ items: rows(3, 2), next: null }), { items: [row(3), row(2, "expunged")], next: null }, true);
  assert.equal(live.shown[1]?.note, "expunged");
});

test("where more came than a page holds, the list begins anew", () => {
  const live = received(begun({ items: rows(2, 1), next: "old" }), { items: rows(9, 8), next: "after 8" }, false);
  assert.deepEqual([shown(live), live.next], [["rec_9", "rec_8"], "after 8"]);
});

test("it begins anew without a loss also where that was waiting", () => {
  const jumped = received(begun({ items: rows(2, 1), next: "old" }), { items: rows(9, 8), next: "after 8" }, true);
  const live = broughtIn(received(jumped, { items: rows(10, 9), next: "after 9" }, true));
  assert.deepEqual([shown(live), live.next], [["rec_10", "rec_9", "rec_8"], "after 8"]);
});

test("older records come in below", () => {
  const live = continued(begun({ items: rows(5, 4), next: "more" }), { items: rows(3), next: null });
  assert.deepEqual([shown(live), live.next], [["rec_5", "rec_4", "rec_3"], null]);
});

test("a list that found nothing yet begins with what comes", () => {
  const live = received(begun<Row>({ items: [], next: "further back" }), { items: rows(2, 1), next: "after 1" }, false);
  assert.deepEqual([shown(live), live.next], [["rec_2", "rec_1"], "after 1"]);
});
