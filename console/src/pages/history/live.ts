// A list that gets new items at its top while somebody reads it.
import type { Page } from "../../api/pages.ts";
import type { RecordSummary } from "../../api/types.ts";

type Row = Pick<RecordSummary, "id" | "createdAt">;

/** `next` is the path of the next older page. `fresh` are the new items that are not shown yet, because somebody is reading further down. */
export interface Live<T extends Row> { shown: T[]; next: string | null; fresh: T[]; restart: Page<T> | null }

export function started<T extends Row>({ items, next }: Page<T>): Live<T> {
  return { shown: merged([], items), next, fresh: [], restart: null };
}

/** Adds the current first page. If `isHeld`, new items go to `fresh`; items that are shown are updated. */
export function refreshed<T extends Row>(live: Live<T>, page: Page<T>, isHeld: boolean): Live<T> {
  const known = new Set([...live.shown, ...live.fresh].map((each) => each.id));
  const isGap = page.next !== null && page.items.length > 0 && !page.items.some((each) => known.has(each.id));
  const shownIds = new Set(live.shown.map((each) => each.id));
  const taken: Live<T> = {
    ...live,
    shown: merged(live.shown, page.items.filter((each) => shownIds.has(each.id))),
    fresh: merged(live.fresh, page.items.filter((each) => !shownIds.has(each.id))),
    restart: isGap ? page : live.restart,
  };
  return isHeld ? taken : withFresh(taken);
}

/** Shows the new items. If there were more than a page, the list starts again, since items would be missing in between. */
export function withFresh<T extends Row>(live: Live<T>): Live<T> {
  if (live.restart !== null) return { ...started(live.restart), shown: merged(live.fresh, live.restart.items) };
  return { ...live, shown: merged(live.shown, live.fresh), fresh: [] };
}

/** Adds the next page at the end. */
export function continued<T extends Row>(live: Live<T>, page: Page<T>): Live<T> {
  return { ...live, shown: merged(live.shown, page.items), next: page.next };
}

/** Both lists, newest first. An item that is in both is the second list’s. */
function merged<T extends Row>(before: readonly T[], later: readonly T[]): T[] {
  const byId = new Map([...before, ...later].map((each) => [each.id, each]));
  return [...byId.values()].sort((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id));
}
