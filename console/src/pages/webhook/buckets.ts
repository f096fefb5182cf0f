// The counted hours for charts: without gaps, and summed by days in the reader's time zone.
import type { Hour, Stats } from "../../api/types.ts";

export const HOUR_MS = 3_600_000;

/** The attempts from `startMs` to `endMs`. */
export interface Bucket { startMs: number; endMs: number; succeeded: number; failed: number; times: Hour["responseTimeMs"] }

export const failuresIn = (failed: Record<string, number>): number => Object.values(failed).reduce((sum, each) => sum + each, 0);

/** Every hour from the first to the last. An hour without attempts is empty. */
export function hoursOf({ since, until, hours }: Pick<Stats, "since" | "until" | "hours">): Bucket[] {
  const counted = new Map(hours.map((hour) => [Date.parse(hour.hour), hour]));
  const buckets: Bucket[] = [];
  for (let startMs = floorToHour(Date.parse(since)); startMs < Date.parse(until); startMs += HOUR_MS) {
    const hour = counted.get(startMs);
    buckets.push({ startMs, endMs: startMs + HOUR_MS, succeeded: hour?.succeeded ?? 0, failed: failuresIn(hour?.failed ?? {}), times: hour?.responseTimeMs ?? null });
  }
  return buckets;
}

/** Hours summed by the reader's days. Percentiles cannot be summed, so they are left out. */
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

/** Heights of stacked bars. A single failure among many successes still gets a visible bar. */
export function stacked(buckets: readonly Bucket[], leastShare = 0.02): { succeeded: number[]; total: number[] } {
  const most = Math.max(0, ...buckets.map((each) => each.succeeded + each.failed));
  const heightOf = (failed: number): number => (failed === 0 ? 0 : Math.max(failed, most * leastShare));
  return { succeeded: buckets.map((each) => each.succeeded), total: buckets.map((each) => each.succeeded + heightOf(each.failed)) };
}

function floorToHour(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
