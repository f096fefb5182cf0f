// Two people changed the same webhook: what each of them changed, and how to keep both.
import type { Webhook } from "../api/types.ts";
import type { FieldName, Form } from "./field.ts";
import { ENTRIES } from "./fields.ts";
import { formOf } from "./form.ts";
import { isSame } from "./same.ts";

export interface Conflict { name: FieldName; theirs: Form }
export interface Rebased { form: Form; theirs: FieldName[]; conflicts: Conflict[] }

/** The fields in which two forms differ. */
function changed(before: Form, after: Form): FieldName[] {
  return ENTRIES.map(([name]) => name).filter((name) => !isSame(before[name], after[name]));
}

/** My changes on top of the newer webhook. If both changed a field, the form has mine, and theirs is a conflict. */
export function rebased(before: Form, mine: Form, newer: Webhook, isOwn: boolean): Rebased {
  const theirs = formOf(newer, isOwn);
  const byMe = changed(before, mine);
  const byThem = changed(before, theirs);
  const form = byMe.reduce((into, name) => ({ ...into, [name]: mine[name] }), theirs);
  const conflicts = byThem.filter((name) => byMe.includes(name) && !isSame(mine[name], theirs[name])).map((name) => ({ name, theirs }));
  return { form, theirs: byThem.filter((name) => !byMe.includes(name)), conflicts };
}
