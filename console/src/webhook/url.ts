// Where requests are sent.
import { Wrong } from "./field.ts";

/** A webhook of somebody else has a masked URL: the form leaves it empty, and an empty one is kept. */
export function urlToApi(entered: string, before: string | null): string | Wrong {
  const isMissing = entered.trim() === "" && before !== "";
  return isMissing ? new Wrong("Enter the receiver’s URL, for example https://example.com/hooks.") : entered.trim();
}
