// A notification type in the form.
import type { ActionWithSchema } from "../../api/types.ts";
import { pretty } from "../../text/format.ts";

export interface TypeDraft { name: string; description: string; template: string; schema: string }

/** Used instead of a name in the address of the page that adds a type. No type can have this name. */
export const NEW = "~new";

export function draftOf(type: ActionWithSchema | null): TypeDraft {
  if (type === null) return { name: "", description: "", template: "", schema: "" };
  const schema = type.schema === null ? "" : pretty(JSON.stringify(type.schema));
  return { name: type.name, description: type.description ?? "", template: type.template ?? "", schema };
}

/** The body as text. The schema is sent as it was typed, so no number in it changes. */
export function bodyOf({ description, template, schema }: TypeDraft): string {
  const quoted = (text: string): string => (text.trim() === "" ? "null" : JSON.stringify(text));
  return `{"description": ${quoted(description)}, "template": ${quoted(template)}, "schema": ${schema.trim() || "null"}}`;
}

/** Why a text is not a schema; `undefined` if it can be one or is empty. */
export function problemOf(schema: string): string | undefined {
  if (schema.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(schema);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "Enter a JSON object, for example {\"type\": \"object\"}.";
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The path of a type in the API. */
export function pathOf(name: string): string {
  return `webhooks/actions/${encodeURIComponent(name)}`;
}
