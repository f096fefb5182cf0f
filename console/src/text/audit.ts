// The audit's words as people say them.
import type { AuditLine } from "../api/types.ts";
import type { FieldName } from "../webhook/field.ts";
import { FIELDS } from "../webhook/fields.ts";

const DEEDS: Record<AuditLine["action"], string> = {
  webhookCreated: "created",
  webhookChanged: "changed",
  webhookPaused: "paused",
  webhookEnabled: "enabled",
  webhookDisabled: "disabled",
  webhookRotated: "rotated the secret of",
  webhookDeleted: "deleted",
  userCreated: "created user",
  userChanged: "changed user",
  userDeleted: "deleted user",
  keyMade: "made key",
  keyRevoked: "revoked key",
};

/** “paused”, “made key”; a deed that this console does not know yet is shown as it came. */
export function deedInWords(action: AuditLine["action"]): string {
  return DEEDS[action] ?? action;
}

/** The label of a webhook's field; others have the API's name. */
export function fieldInWords(name: string): string {
  if (name === "disabledReason") return "Reason";
  return Object.hasOwn(FIELDS, name) ? FIELDS[name as FieldName].label : name;
}

/** A value of any field, as text. */
export function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What webhooks were called last, by id, as lines (newest first) tell it: one that is gone has its name nowhere else. */
export function namesIn(lines: readonly Pick<AuditLine, "webhookId" | "changes">[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { webhookId, changes } of lines) {
    const name = changes["name"]?.to ?? changes["name"]?.from;
    if (webhookId !== null && typeof name === "string" && !names.has(webhookId)) names.set(webhookId, name);
  }
  return names;
}
