// The form of a webhook: what it holds at first, and the requests that it becomes.
import type { Webhook, WebhookDraft, WebhookPatch } from "../api/types.ts";
import type { FieldErrors } from "./errors.ts";
import { type Answer, type FieldName, type Form, type Values, Wrong } from "./field.ts";
import { ENTRIES, FIELDS } from "./fields.ts";
import { isSame } from "./same.ts";

export interface Reading { values: Values; errors: FieldErrors }

/** The form of a new webhook. */
export function blankForm(): Form {
  return Object.fromEntries(ENTRIES.map(([name, field]) => [name, field.blank])) as Form;
}

/** The form of an existing webhook. If it is somebody else's, masked values are left empty, which keeps them. */
export function formOf(webhook: Webhook, isOwn: boolean): Form {
  const answer: Answer = { ...webhook, asymmetricSignature: webhook.publicKey !== null };
  return Object.fromEntries(ENTRIES.map(([name, field]) => [name, field.fromApi(answer[name], isOwn)])) as Form;
}

/** The values that are valid, and what is wrong with the others. `before` is the form as it was loaded, or `null` for a new webhook. */
export function read(form: Form, before: Form | null = null): Reading {
  const values: Record<string, unknown> = {};
  const errors: FieldErrors = {};
  for (const [name, field] of ENTRIES) {
    const value: unknown = field.toApi(form[name], before?.[name] ?? null);
    if (value instanceof Wrong) Object.assign(errors, value.under(name));
    else values[name] = value;
  }
  return { values, errors };
}

/** The body of `POST /webhooks`, without defaults. */
export function draftOf(values: Values): WebhookDraft {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== false)) as unknown as WebhookDraft;
}

/** The body of the `PATCH`: what has changed. */
export function patchOf(before: Values, after: Values): WebhookPatch {
  return Object.fromEntries(ENTRIES.filter(([name, field]) => !field.isFixed && name in after && !isSame(after[name], before[name])).map(([name]) => [name, after[name]]));
}

/** What a field of the form holds, for people. */
export function inWords(name: FieldName, form: Form): string {
  const field = ENTRIES.find(([each]) => each === name)?.[1];
  return field?.inWords(form[name], form) || FIELDS[name].unset;
}
