// The filters of the history, as in the address. Times are in UTC there, so a link means the same for everybody.
import type { operations } from "../../api/schema.d.ts";
import { toLocalInput } from "../../text/times.ts";

type Query = NonNullable<operations["list_records"]["parameters"]["query"]>;
type FilterName = Exclude<keyof Query, "bodies" | "cursor" | "limit">;

/** The API's filters, each as its text in the address. An empty filter matches everything. */
export type Filters = Record<FilterName, string>;

export const NONE: Filters = { webhookId: "", outcome: "", notificationType: "", failureCause: "", since: "", until: "" };

const NAMES = Object.keys(NONE) as FilterName[];

export function filtersOf(query: URLSearchParams): Filters {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])) as unknown as Filters;
}

export function isFiltered(filters: Filters): boolean {
  return NAMES.some((name) => filters[name] !== "");
}

/** Whether new records can match. */
export function canGrow({ until }: Filters, now: number): boolean {
  return !(Date.parse(until) <= now);
}

/** A time of the address for an input; empty if it is not a time. */
export function timeOf(at: string): string {
  return Number.isNaN(Date.parse(at)) ? "" : toLocalInput(at);
}

export const SPANS: readonly (readonly [string, number])[] = [["Last hour", 1], ["24 hours", 24], ["7 days", 24 * 7]];

/** The time `hours` ago, at a full minute. */
export function hoursAgo(hours: number, now: number): string {
  return new Date(Math.floor((now - hours * 3_600_000) / 60_000) * 60_000).toISOString();
}
