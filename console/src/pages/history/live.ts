// A list that grows at its top while it is read: what is shown, and what waits to be.
import type { Page } from "../../api/pages.ts";
import type { RecordSummary } from "../../api/types.ts";

type Row = Pick<RecordSummary, "id" | "createdAt">;

/** `next` leads to what is older than `shown`. `fresh` came while somebody was reading further down. */
export interface Live<T extends Row> { shown: T[]; next: string | null; fresh: T[]; restart: Page<T> | null }

export function begun<T extends Row>({ items, next }: Page<T>): Live<T> {
  return { shown: merged([], items), next, fresh: [], restart: null };
}

/** Take in the first page as it is now. With `isHeld` what is new waits in `fresh`; what is known is brought up to date. */
export function received<T extends Row>(live: Live<T>, page: Page<T>, isHeld: boolean): Live<T> {
  const known = new Set([...live.shown, ...live.fresh].map((each) => each.id));
  const isGap = page.next !== null && page.items.length > 0 && !page.items.some((each) => known.has(each.id));
  const shownIds = new Set(live.shown.map((each) => each.id));
  const taken: Live<T> = {
    ...live,
    shown: merged(live.shown, page.items.filter((each) => shownIds.has(each.id))),
    fresh: merged(live.fresh, page.items.filter((each) => !shownIds.has(each.id))),
    restart: isGap ? page : live.restart,
  };
  return isHeld ? taken : broughtIn(taken);
}

/** Show what waits. Where more came than a page holds, the list begins anew: between its parts something would be missing. */
export function broughtIn<T extends Row>(live: Live<T>): Live<T> {
  if (live.restart !== null) return { ...begun(live.restart), shown: merged(live.fresh, live.restart.items) };
  return { ...live, shown: merged(live.shown, live.fresh), fresh: [] };
}

/** Add the next page below. */
export function continued<T extends Row>(live: Live<T>, page: Page<T>): Live<T> {
  return { ...live, shown: merged(live.shown, page.items), next: page.next };
}

/** Both, newest first, each id once; of two states of a record the later one that came. */
function merged<T extends Row>(known: readonly T[], came: readonly T[]): T[] {
  const byId = new Map([...known, ...came].map((each) => [each.id, each]));
  return [...byId.values()].sort((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id));
}
