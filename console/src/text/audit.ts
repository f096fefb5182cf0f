// The audit's values in words.
import type { AuditLine } from "../api/types.ts";
import type { FieldName } from "../webhook/field.ts";
import { FIELDS } from "../webhook/fields.ts";

const ACTIONS: Record<AuditLine["action"], string> = {
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
  keyMade: "created key",
  keyRevoked: "revoked key",
};

/** “paused”, “created key”. An action that this console does not know is shown as it is. */
export function actionInWords(action: AuditLine["action"]): string {
  return ACTIONS[action] ?? action;
}

/** The label of a webhook's field; others have the API's name. */
export function fieldInWords(name: string): string {
  if (name === "disabledReason") return "Reason";
  return Object.hasOwn(FIELDS, name) ? FIELDS[name as FieldName].label : name;
}

/** The value of a field, as text. */
export function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The last names of webhooks, by id, from audit lines (newest first). Only the audit has the names of deleted webhooks. */
export function namesIn(lines: readonly Pick<AuditLine, "webhookId" | "changes">[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { webhookId, changes } of lines) {
    const name = changes["name"]?.to ?? changes["name"]?.from;
    if (webhookId !== null && typeof name === "string" && !names.has(webhookId)) names.set(webhookId, name);
  }
  return names;
}
