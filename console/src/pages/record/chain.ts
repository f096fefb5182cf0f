// A delivery's attempts, in the order in which they were owed, and the one that is still to come.
import type { RecordSummary } from "../../api/types.ts";

const SOON_MS = 60_000;
const OVERDUE_MS = 15 * 60_000; // a circuit holds an attempt back for so long at the most

type Attempt = Pick<RecordSummary, "id" | "createdAt" | "trigger" | "nextAttemptAt">;

export function oldestFirst<T extends Attempt>(attempts: readonly T[]): T[] {
  return attempts.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id));
}

/** When the delivery is tried again by itself: a time that an attempt has named and that none has come to yet; null where it is over. */
export function plannedAt(attempts: readonly Attempt[]): string | null {
  const isPast = (at: string) => attempts.some(({ trigger, createdAt }) => (trigger === "schedule" || trigger === "recovery") && createdAt >= at);
  const named = attempts.map((each) => each.nextAttemptAt).filter((at): at is string => at !== null && !isPast(at));
  return named.toSorted().at(-1) ?? null;
}

/** Whether it is worth looking: the next attempt is about to be made, or should have been. */
export function isDue(at: string | null, now: number): boolean {
  const remaining = at === null ? Number.NaN : Date.parse(at) - now;
  return remaining < SOON_MS && remaining > -OVERDUE_MS;
}
