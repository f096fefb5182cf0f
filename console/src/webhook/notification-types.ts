// Which notification types a webhook subscribes to: names, and prefixes such as `collection*`.
import type { Action } from "../api/types.ts";
import { Wrong } from "./field.ts";

/** The names stay while all types are chosen. */
export interface ChosenTypes { isAll: boolean; names: string[] }

export const NO_TYPES: ChosenTypes = { isAll: false, names: [] };
const ALL = "ALL_NOTIFICATIONS";
const TYPES_MAX = 200;
const NAME = /^[a-z][a-z0-9._-]{0,99}$/i;

export function typesFromApi(names: readonly string[]): ChosenTypes {
  return { isAll: names.includes(ALL), names: names.filter((each) => each !== ALL) };
}

export function typesToApi({ isAll, names }: ChosenTypes): string[] | Wrong {
  if (isAll) return [ALL];
  if (names.length === 0) return new Wrong("Choose at least one type, or all notifications.");
  return names.length > TYPES_MAX ? new Wrong(`${names.length} types are chosen. At most ${TYPES_MAX} are allowed. Use a prefix with *, or all notifications.`) : names;
}

export function typesInWords({ isAll, names }: ChosenTypes): string {
  return isAll ? "all" : names.join(", ");
}

/** The types that can be chosen one by one. */
export function choosable(actions: readonly Action[]): Action[] {
  return actions.filter((each) => each.name !== ALL);
}

/** Whether a chosen name or prefix matches a type. */
export function matches(chosen: string, name: string): boolean {
  const folded = chosen.toLowerCase();
  return folded.endsWith("*") ? name.toLowerCase().startsWith(folded.slice(0, -1)) : name.toLowerCase() === folded;
}

/** Whether the webhook subscribes to the type. */
export function subscribes({ isAll, names }: ChosenTypes, name: string): boolean {
  return isAll || names.some((each) => matches(each, name));
}

/** What has happened if a notification has this type: its description, or its template without braces. */
export function meaningOf({ description, template }: Pick<Action, "description" | "template">): string {
  const text = description ?? template ?? "";
  return text.replaceAll("{actor}", "somebody").replaceAll(/\{subject\}|\{target\}/g, "…").replace(/…\.$/, "…").replace(/^./, (first) => first.toUpperCase());
}

/** The types that match a search: it is looked for in names and meanings. */
export function found(actions: readonly Action[], search: string): Action[] {
  const part = search.trim().toLowerCase();
  if (part.endsWith("*")) return actions.filter((each) => matches(part, each.name));
  return actions.filter((each) => each.name.toLowerCase().includes(part) || meaningOf(each).toLowerCase().includes(part));
}

/** The search as a prefix: `collection*` of “collection”. `null` if no name can begin with it. */
export function prefixOf(search: string): string | null {
  const beginning = search.trim().replace(/\*$/, "");
  return NAME.test(beginning) ? `${beginning}*` : null;
}

/** The type of the sample: the first that the webhook subscribes to. */
export function typeOfSample({ isAll, names }: ChosenTypes, actions: readonly Action[]): string {
  const first = names[0];
  if (isAll || first === undefined) return "modelDeleted";
  if (!first.endsWith("*")) return first;
  return choosable(actions).find((each) => matches(first, each.name))?.name ?? first.slice(0, -1);
}
