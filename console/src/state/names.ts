// Names by id, as many as one request returns. Others are shown by their ids.
import { list, PAGE_SIZE_MAX } from "../api/pages.ts";
import { useLoaded } from "./loading.ts";

export type Names = ReadonlyMap<string, string>;

/** The names of a list's items. With `null` nothing is requested, for users who may not see the list. */
export function useNames<T extends { id: string | number; name: string }>(path: string | null): Names {
  const { value } = useLoaded((signal) => (path === null ? Promise.resolve(null) : list<T>(path, { query: { limit: PAGE_SIZE_MAX }, signal })), [path]);
  return new Map((value?.items ?? []).map(({ id, name }) => [String(id), name]));
}

/** A user’s name, or their id if the name is not known. */
export function nameOf(id: string | number, users: Names): string {
  return users.get(String(id)) ?? `user ${id}`;
}
