// The headers of a webhook, a row each.
import { Wrong } from "./field.ts";
import { NO_SECRET, type Secret, sentSecret } from "./secret.ts";

/** `key` identifies a row while its name changes. */
export interface HeaderRow { key: number; name: string; value: Secret }

export function headersFromApi(headers: Record<string, unknown>): HeaderRow[] {
  return Object.keys(headers).map((name, key) => ({ key, name, value: { isKept: true, text: "" } }));
}

/** A further row, empty. */
export function withRow(rows: readonly HeaderRow[]): HeaderRow[] {
  return [...rows, { key: 1 + Math.max(-1, ...rows.map((row) => row.key)), name: "", value: NO_SECRET }];
}

/** Errors are under the row's key, `#3`, since it may have no name. */
export function headersToApi(rows: readonly HeaderRow[]): Record<string, string | true> | null | Wrong {
  const wrong: Record<string, string> = {};
  const headers: Record<string, string | true> = {};
  for (const { key, name, value } of rows) {
    const folded = name.trim().toLowerCase();
    if (folded === "" && !value.isKept && value.text === "") continue; // an empty row
    if (folded === "") wrong[`#${key}`] = "Enter a name for this header.";
    else if (folded in headers) wrong[`#${key}`] = `${name.trim()} is here twice. Upper and lower case are the same.`;
    else if (sentSecret(value) === "") wrong[`#${key}`] = "Enter a value.";
    headers[folded] = sentSecret(value);
  }
  if (Object.keys(wrong).length > 0) return new Wrong(wrong);
  return Object.keys(headers).length === 0 ? null : headers;
}
