// Changes that are not saved yet. They are kept while the tab is open, even if the key expires or another page is opened.
import { session } from "../../state/session.ts";

const kept = new Map<string, unknown>();
let last = session.value.me;

// Signing out deletes them. A session that the service ended has a `why`.
session.watch(({ key, me, why }) => {
  if (key === null && why === null && last !== null) kept.clear();
  last = me;
});

export function keep(name: string, value: unknown): void {
  kept.set(name, value);
}

export function unsaved<T>(name: string): T | undefined {
  return kept.get(name) as T | undefined;
}

export function forget(name: string): void {
  kept.delete(name);
}
