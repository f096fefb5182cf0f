// What is looked for in the history, as it stands in the address: times in UTC there, so that a link means the same to all.
import { toLocalInput } from "../../text/times.ts";

/** Each is empty where everything is wanted. */
export interface Filters { webhookId: string; outcome: string; notificationType: string; since: string; until: string }

const NAMES = ["webhookId", "outcome", "notificationType", "since", "until"] as const;

export const NONE: Filters = { webhookId: "", outcome: "", notificationType: "", since: "", until: "" };

export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])) as unknown as Filters;
}

export function isNarrowed(filters: Filters): boolean {
  return NAMES.some((name) => filters[name] !== "");
}

/** Whether something that happens now can be among what is looked for. */
export function canGrow({ until }: Filters, now: number): boolean {
  return !(Date.parse(until) <= now);
}

/** A time of the address as an input has it; empty where the address has something else there. */
export function timeOf(at: string): string {
  return Number.isNaN(Date.parse(at)) ? "" : toLocalInput(at);
}

export const SPANS: readonly (readonly [string, number])[] = [["Last hour", 1], ["24 hours", 24], ["7 days", 24 * 7]];

/** The beginning of a span of `hours` that ends now, at a full minute. */
export function hoursAgo(hours: number, now: number): string {
  return new Date(Math.floor((now - hours * 3_600_000) / 60_000) * 60_000).toISOString();
}
