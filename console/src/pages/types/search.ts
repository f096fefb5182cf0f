// The search in the catalogue.
import type { Action } from "../../api/types.ts";

export const KINDS = [["all", "all types"], ["custom", "custom types"], ["built-in", "built-in types"], ["schema", "types with a schema"]] as const;
export type Kind = (typeof KINDS)[number][0];

/** Whether a type is of the kind and contains the search text, in any case. */
export function matches(type: Action, search: string, kind: Kind): boolean {
  const isKind = kind === "all" || (kind === "schema" ? type.hasSchema : type.isCustom === (kind === "custom"));
  return isKind && `${type.name} ${type.description ?? ""} ${type.template ?? ""}`.toLowerCase().includes(search.trim().toLowerCase());
}
