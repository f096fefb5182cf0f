// From what the API found wrong to the fields that it stands at.
import { asSentence } from "../../text/format.ts";

/** Field → sentence. Names are the wire's: `url`, `headers.x-api-key`, `authentication.tokenUrl`; `headers.#3` is a row without a name. */
export type FieldErrors = Record<string, string>;

const MEMBERS = [
  "url", "name", "notificationType", "global", "actionType", "format", "filter", "transform", "headers", "authentication",
  "timeoutSeconds", "retrySchedule", "rateLimitPerSecond", "retentionDays", "asymmetricSignature",
] as const;
export type Member = (typeof MEMBERS)[number];
const WITH_PARTS: readonly string[] = ["headers", "authentication"];

/** What an `ApiError` tells. */
export interface Refusal { code: string; message: string; fields: Record<string, string> }

/** What a refusal says about fields; without any, it is to be shown by itself. */
export function fieldErrors(error: Refusal): FieldErrors {
  const named = Object.entries(error.fields).flatMap(([path, problem]) => {
    const field = fieldOf(path.replace(/^webhooks?\.(\d+\.)?/, ""));
    return field === null ? [] : [[field, asSentence(problem)]];
  });
  if (named.length === 0 && error.code === "unknown_notification_type") return { notificationType: error.message };
  return Object.fromEntries(named.reverse()); // of several about one field, the first stands
}

/** The members of one thing: `partOf(errors, "authentication")` has `tokenUrl` for `authentication.tokenUrl`. */
export function partOf(errors: FieldErrors, member: Member): FieldErrors {
  const prefix = `${member}.`;
  return Object.fromEntries(Object.entries(errors).filter(([name]) => name.startsWith(prefix)).map(([name, problem]) => [name.slice(prefix.length), problem]));
}

/** Whether any of the members, or a part of one, is wrong. */
export function concerns(errors: FieldErrors, members: readonly Member[]): boolean {
  return Object.keys(errors).some((name) => members.some((member) => name === member || name.startsWith(`${member}.`)));
}

/** The errors that are left when some members were changed. */
export function without(errors: FieldErrors, members: readonly Member[]): FieldErrors {
  return Object.fromEntries(Object.entries(errors).filter(([name]) => !members.some((member) => name === member || name.startsWith(`${member}.`))));
}

function fieldOf(path: string): string | null {
  const [first = "", ...rest] = path.split(".");
  if (!MEMBERS.includes(first as Member)) return null;
  if (rest.length === 0 || !WITH_PARTS.includes(first)) return first;
  const part = rest.join(".");
  return first === "headers" ? `headers.${part.toLowerCase()}` : `${first}.${part}`;
}
