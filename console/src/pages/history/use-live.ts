// The history as it grows: asked for again and again while somebody looks at it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { extended, list, type Page } from "../../api/pages.ts";
import type { RecordSummary } from "../../api/types.ts";
import { useAction, useEvery } from "../../state/loading.ts";
import type { Filters } from "./filters.ts";
import { begun, broughtIn, continued, type Live, received } from "./live.ts";

const PERIOD_MS = 2_500;
const PAGE = 50;
const EMPTY_PAGES_MAX = 5; // a filter that drops much gives empty pages that have a next one
const AT_TOP_PX = 120;

export interface LiveHistory {
  records: RecordSummary[] | undefined;
  freshCount: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  /** It is asked for again by itself. */
  isUnreachable: boolean;
  error: unknown;
  bringIn: () => void;
  loadMore: () => void;
  reload: () => void;
}

/** What the filters leave, newest first; while `isOn`, new records come in at the top, or wait while somebody reads further down. */
export function useLive(filters: Filters, isOn: boolean): LiveHistory {
  const query = JSON.stringify(filters);
  const [live, setLive] = useState<Live<RecordSummary>>();
  const [error, setError] = useState<unknown>(undefined);
  const asking = useRef<AbortController | null>(null);

  const ask = useCallback(async () => {
    if (asking.current !== null) return;
    const controller = asking.current = new AbortController();
    const { signal } = controller;
    try {
      const page = await list<RecordSummary>("webhooks/history", { query: { ...filters, limit: PAGE, bodies: false }, signal });
      const first = await filled(page, signal);
      if (signal.aborted) return;
      setLive((before) => (before === undefined ? begun(first) : received(before, page, scrollY > AT_TOP_PX)));
      setError(undefined);
    } catch (problem) {
      if (!signal.aborted) setError(problem);
    } finally {
      if (asking.current === controller) asking.current = null;
    }
  }, [query]);

  useEffect(() => {
    setLive(undefined);
    setError(undefined);
    void ask();
    return () => { asking.current?.abort(); asking.current = null; };
  }, [ask]);
  useEffect(() => { if (isOn) void ask(); }, [isOn]);
  useEvery(PERIOD_MS, () => void ask(), isOn ? error === undefined || isPassing(error) : isPassing(error));

  const bringIn = useCallback(() => setLive((before) => before && broughtIn(before)), []);
  const freshCount = live?.fresh.length ?? 0;
  useEffect(() => {
    if (freshCount === 0) return;
    const look = () => { if (scrollY <= AT_TOP_PX) bringIn(); };
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [freshCount > 0]);

  const more = useAction(async () => {
    if (live?.next == null) return;
    const page = await filled(await list<RecordSummary>(live.next));
    setLive((before) => (before?.next === live.next ? continued(before, page) : before)); // it may have begun anew
  });
  return {
    records: live?.shown, freshCount, hasMore: live?.next != null, isLoadingMore: more.isBusy, isUnreachable: isPassing(error),
    error: isPassing(error) ? undefined : error ?? more.error, bringIn, loadMore: () => void more.run(), reload: () => void ask(),
  };
}

/** A page, or the first one behind it that has something. */
function filled(page: Page<RecordSummary>, signal?: AbortSignal): Promise<Page<RecordSummary>> {
  return extended(page, (items, pages) => items.length > 0 || pages === EMPTY_PAGES_MAX, signal);
}

/** What is no fault of what was asked for, and over some time. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}
