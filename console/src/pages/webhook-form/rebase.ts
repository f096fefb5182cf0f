// Two people changed one webhook: what each of them changed, and how both are kept.
import type { Webhook } from "../../api/types.ts";
import type { Member } from "./errors.ts";
import { type Form, formOf, isSame } from "./form.ts";

type Part = keyof Form;
export interface Collision { part: Part; theirs: Form }
export interface Rebased { form: Form; theirs: Part[]; collisions: Collision[] }

/** What people call the parts of the form. */
export const NAMES: Readonly<Record<Part, string>> = {
  url: "URL", name: "Name", isAll: "Notification types", types: "Notification types", isGlobal: "Whose notifications", actionType: "What you did or what is for you",
  format: "Format", filter: "Filter", transform: "Transform", headers: "Headers", authentication: "Authentication", timeoutSeconds: "Timeout",
  rateLimitPerSecond: "Rate limit", retentionDays: "Days in the history", schedule: "Retries", hasKeyPair: "Asymmetric signature",
};

const MEMBERS: Readonly<Partial<Record<Part, Member>>> = {
  isAll: "notificationType", types: "notificationType", isGlobal: "global", schedule: "retrySchedule", hasKeyPair: "asymmetricSignature",
};

/** The wire's member that a part of the form becomes. */
export function memberOf(part: Part): Member {
  return MEMBERS[part] ?? (part as Member);
}

/** The parts in which two forms differ. */
export function changed(before: Form, after: Form): Part[] {
  return (Object.keys(NAMES) as Part[]).filter((part) => !isSame(before[part], after[part]));
}

/** My changes on top of what is there now. Where both changed the same part, mine stands in the form, and theirs is told. */
export function rebased(before: Form, mine: Form, newer: Webhook, isOwn: boolean): Rebased {
  const theirs = formOf(newer, isOwn);
  const byMe = changed(before, mine);
  const byThem = changed(before, theirs);
  const form = byMe.reduce((into, part) => ({ ...into, [part]: mine[part] }), theirs);
  const collisions = byThem.filter((part) => byMe.includes(part) && !isSame(mine[part], theirs[part])).map((part) => ({ part, theirs }));
  return { form, theirs: byThem.filter((part) => !byMe.includes(part)), collisions };
}

/** A part of the form in words, without secrets. */
export function told(part: Part, form: Form): string {
  if (part === "isAll" || part === "types") return form.isAll ? "all notifications" : form.types.join(", ");
  if (part === "headers") return form.headers.map((row) => row.name).join(", ") || "none";
  if (part === "authentication") return form.authentication.way;
  if (part === "schedule") return form.schedule.kind === "own" ? form.schedule.text.replaceAll("\n", ", ") : { default: "the default", none: "none" }[form.schedule.kind];
  const value = form[part];
  return typeof value === "string" ? value || "nothing" : value ? "yes" : "no";
}
