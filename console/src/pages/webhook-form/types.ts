// Which notification types are meant by names and by beginnings such as `collection*`.
import type { Action } from "../../api/types.ts";
import { ALL, type Form } from "./form.ts";

const NAME = /^[a-z][a-z0-9._-]{0,99}$/i;

/** The types that can be chosen one by one. */
export function choosable(actions: readonly Action[]): Action[] {
  return actions.filter((each) => each.name !== ALL);
}

/** Whether what was chosen means the type of that name. */
export function covers(chosen: string, name: string): boolean {
  const folded = chosen.toLowerCase();
  return folded.endsWith("*") ? name.toLowerCase().startsWith(folded.slice(0, -1)) : name.toLowerCase() === folded;
}

/** Whether the webhook of this form hears of the type. */
export function hears({ isAll, types }: Pick<Form, "isAll" | "types">, name: string): boolean {
  return isAll || types.some((each) => covers(each, name));
}

/** What a type tells of, without the braces of its template. */
export function saidOf({ description, template }: Pick<Action, "description" | "template">): string {
  const said = description ?? template ?? "";
  return said.replaceAll("{actor}", "somebody").replaceAll(/\{subject\}|\{target\}/g, "…").replace(/…\.$/, "…").replace(/^./, (first) => first.toUpperCase());
}

/** The types that a filter leaves: it is looked for in names, and in what they say. */
export function found(actions: readonly Action[], filter: string): Action[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted.endsWith("*")) return actions.filter((each) => covers(wanted, each.name));
  return actions.filter((each) => each.name.toLowerCase().includes(wanted) || saidOf(each).toLowerCase().includes(wanted));
}

/** What a filter would be as a beginning: `collection*` of “collection”; `null` where none can begin so. */
export function beginningOf(filter: string): string | null {
  const begun = filter.trim().replace(/\*$/, "");
  return NAME.test(begun) ? `${begun}*` : null;
}

/** The type that a sample is of: the first that the webhook hears of. */
export function typeOfSample({ isAll, types }: Pick<Form, "isAll" | "types">, actions: readonly Action[]): string {
  const first = types[0];
  if (isAll || first === undefined) return "modelDeleted";
  if (!first.endsWith("*")) return first;
  return choosable(actions).find((each) => covers(first, each.name))?.name ?? first.slice(0, -1);
}
