// A user in the form. Each group is on a line, since an id can contain any other character.
import type { User } from "../../api/types.ts";

export interface UserDraft { name: string; role: User["role"]; groups: string; enabled: boolean }

export const EMPTY: UserDraft = { name: "", role: "user", groups: "", enabled: true };

export function draftOf(user: User): UserDraft {
  return { name: user.name, role: user.role, groups: user.groups.join("\n"), enabled: user.enabled };
}

/** The body of the request, with each group once. */
export function bodyOf(draft: UserDraft): { name: string; role: string; groups: string[]; enabled: boolean } {
  const groups = draft.groups.split("\n").map((each) => each.trim()).filter(Boolean);
  return { name: draft.name.trim(), role: draft.role, groups: [...new Set(groups)], enabled: draft.enabled };
}

/** The path of a user in the API. */
export function pathOf(id: string | number): string {
  return `users/${encodeURIComponent(id)}`;
}
