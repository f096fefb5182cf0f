// What the API refused, by the fields of the form.
import { asSentence } from "../text/format.ts";
import type { FieldName } from "./field.ts";
import { FIELDS } from "./fields.ts";

/** Sentences by field or part: `url`, `headers.x-api-key`, `authentication.tokenUrl`. A header without a name is `headers.#3`. */
export type FieldErrors = Record<string, string>;

/** The members of an `ApiError`. */
export interface Refusal { code: string; message: string; fields: Record<string, string> }

/** The errors that belong to fields. If there are none, show the refusal itself. */
export function fieldErrors(error: Refusal): FieldErrors {
  const named = Object.entries(error.fields).flatMap(([path, problem]) => {
    const field = fieldOf(path.replace(/^webhooks?\.(\d+\.)?/, ""));
    return field === null ? [] : [[field, asSentence(problem)]];
  });
  if (named.length === 0 && error.code === "unknown_notification_type") return { notificationType: error.message };
  return Object.fromEntries(named.reverse()); // of several errors of one field, the first is shown
}

/** The errors of a field's parts: for `authentication`, `tokenUrl` is the error of `authentication.tokenUrl`. */
export function partsOf(errors: FieldErrors, name: FieldName): FieldErrors {
  const prefix = `${name}.`;
  return Object.fromEntries(Object.entries(errors).filter(([path]) => path.startsWith(prefix)).map(([path, problem]) => [path.slice(prefix.length), problem]));
}

/** The field that a path belongs to. */
export function ownerOf(path: string): FieldName {
  return path.split(".")[0] as FieldName;
}

/** The errors without those of some fields. */
export function without(errors: FieldErrors, names: readonly FieldName[]): FieldErrors {
  return Object.fromEntries(Object.entries(errors).filter(([path]) => !names.includes(ownerOf(path))));
}

function fieldOf(path: string): string | null {
  const [first = "", ...rest] = path.split(".");
  if (!Object.hasOwn(FIELDS, first)) return null;
  if (rest.length === 0 || !FIELDS[first as FieldName].hasParts) return first;
  const part = rest.join(".");
  return first === "headers" ? `headers.${part.toLowerCase()}` : `${first}.${part}`;
}
