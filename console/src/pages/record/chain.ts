// The attempts of a delivery, in the order in which they were due, and the next one.
import type { RecordSummary } from "../../api/types.ts";

const SOON_MS = 60_000;
const OVERDUE_MS = 15 * 60_000; // the longest time that a circuit breaker holds back an attempt

type Attempt = Pick<RecordSummary, "id" | "createdAt" | "trigger" | "nextAttemptAt">;

export function oldestFirst<T extends Attempt>(attempts: readonly T[]): T[] {
  return attempts.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id));
}

/** When the next automatic attempt is due: the latest `nextAttemptAt` that no attempt has been made at yet. Null if there is none. */
export function plannedAt(attempts: readonly Attempt[]): string | null {
  const isPast = (at: string) => attempts.some(({ trigger, createdAt }) => (trigger === "schedule" || trigger === "recovery") && createdAt >= at);
  const named = attempts.map((each) => each.nextAttemptAt).filter((at): at is string => at !== null && !isPast(at));
  return named.toSorted().at(-1) ?? null;
}

/** Whether the next attempt is due soon or was due lately, so that it is worth looking for it. */
export function isDue(at: string | null, now: number): boolean {
  const remaining = at === null ? Number.NaN : Date.parse(at) - now;
  return remaining < SOON_MS && remaining > -OVERDUE_MS;
}
