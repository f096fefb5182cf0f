// A notification type as it is being edited.
import type { ActionWithSchema } from "../../api/types.ts";
import { pretty } from "../../text/format.ts";

export interface TypeDraft { name: string; description: string; template: string; schema: string }

/** Stands for a name in the address of the page that adds a type; no type can have it. */
export const NEW = "~new";

export function draftOf(type: ActionWithSchema | null): TypeDraft {
  if (type === null) return { name: "", description: "", template: "", schema: "" };
  const schema = type.schema === null ? "" : pretty(JSON.stringify(type.schema));
  return { name: type.name, description: type.description ?? "", template: type.template ?? "", schema };
}

/** The body as text: the schema goes as it was written, so that no number in it changes. */
export function bodyOf({ description, template, schema }: TypeDraft): string {
  const given = (text: string): string => (text.trim() === "" ? "null" : JSON.stringify(text));
  return `{"description": ${given(description)}, "template": ${given(template)}, "schema": ${schema.trim() || "null"}}`;
}

/** Why a text can be no schema, in words; nothing where it may be one, or is left out. */
export function problemOf(schema: string): string | undefined {
  if (schema.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(schema);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "A JSON object is expected, as in {\"type\": \"object\"}.";
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Where a type is in the API. */
export function pathOf(name: string): string {
  return `webhooks/actions/${encodeURIComponent(name)}`;
}
