// Counted hours as charts take them: none is left out, and days are the reader's own.
import type { Hour, Stats } from "../../api/types.ts";

export const HOUR_MS = 3_600_000;

/** What was counted from `startMs` to `endMs`. */
export interface Bucket { startMs: number; endMs: number; succeeded: number; failed: number; times: Hour["responseTimeMs"] }

export const failuresIn = (failed: Record<string, number>): number => Object.values(failed).reduce((sum, each) => sum + each, 0);

/** Every hour from the first to the last; one that is not counted yet has nothing in it. */
export function hoursOf({ since, until, hours }: Pick<Stats, "since" | "until" | "hours">): Bucket[] {
  const counted = new Map(hours.map((hour) => [Date.parse(hour.hour), hour]));
  const buckets: Bucket[] = [];
  for (let startMs = floorToHour(Date.parse(since)); startMs < Date.parse(until); startMs += HOUR_MS) {
    const hour = counted.get(startMs);
    buckets.push({ startMs, endMs: startMs + HOUR_MS, succeeded: hour?.succeeded ?? 0, failed: failuresIn(hour?.failed ?? {}), times: hour?.responseTimeMs ?? null });
  }
  return buckets;
}

/** Hours put together by the reader's days. Percentiles cannot be: they stay with the hours. */
export function daysOf(hours: readonly Bucket[]): Bucket[] {
  const days: Bucket[] = [];
  for (const hour of hours) {
    const start = new Date(hour.startMs);
    const startMs = new Date(start.getFullYear(), start.getMonth(), start.getDate()).getTime();
    const endMs = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1).getTime();
    const day = days.at(-1);
    if (day?.startMs !== startMs) days.push({ ...hour, startMs, endMs, times: null });
    else { day.succeeded += hour.succeeded; day.failed += hour.failed; }
  }
  return days;
}

/** Heights of bars on top of each other: a failure among very many successes still gets a bar that can be seen. */
export function stacked(buckets: readonly Bucket[], leastShare = 0.02): { succeeded: number[]; total: number[] } {
  const most = Math.max(0, ...buckets.map((each) => each.succeeded + each.failed));
  const heightOf = (failed: number): number => (failed === 0 ? 0 : Math.max(failed, most * leastShare));
  return { succeeded: buckets.map((each) => each.succeeded), total: buckets.map((each) => each.succeeded + heightOf(each.failed)) };
}

function floorToHour(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
