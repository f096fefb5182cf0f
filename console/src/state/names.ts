// Names by id, as far as one request has them; the rest is shown by its id.
import { list, PAGE_SIZE_MAX } from "../api/pages.ts";
import { useLoaded } from "./loading.ts";

export type Names = ReadonlyMap<string, string>;

/** The names of a list's things; `null` asks for none, as for somebody who may not see the list. */
export function useNames<T extends { id: string | number; name: string }>(path: string | null): Names {
  const { value } = useLoaded((signal) => (path === null ? Promise.resolve(null) : list<T>(path, { query: { limit: PAGE_SIZE_MAX }, signal })), [path]);
  return new Map((value?.items ?? []).map(({ id, name }) => [String(id), name]));
}

/** Somebody as people know them, else by their id. */
export function nameOf(id: string | number, users: Names): string {
  return users.get(String(id)) ?? `user ${id}`;
}
