// The history, which is requested again and again while somebody looks at it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { extended, list, type Page } from "../../api/pages.ts";
import type { RecordSummary } from "../../api/types.ts";
import { useAction, useEvery } from "../../state/loading.ts";
import type { Filters } from "./filters.ts";
import { started, withFresh, continued, type Live, refreshed } from "./live.ts";

const PERIOD_MS = 2_500;
const PAGE = 50;
const EMPTY_PAGES_MAX = 5; // with a filter that few records match, there are empty pages that have a next one
const AT_TOP_PX = 120;

export interface LiveHistory {
  records: RecordSummary[] | undefined;
  freshCount: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  /** The request is repeated automatically. */
  isUnreachable: boolean;
  error: unknown;
  showFresh: () => void;
  loadMore: () => void;
  reload: () => void;
}

/** The records that match, newest first. While `isOn`, new records are added at the top, or held back while somebody reads further down. */
export function useLive(filters: Filters, isOn: boolean): LiveHistory {
  const query = JSON.stringify(filters);
  const [live, setLive] = useState<Live<RecordSummary>>();
  const [error, setError] = useState<unknown>(undefined);
  const running = useRef<AbortController | null>(null);

  const refresh = useCallback(async () => {
    if (running.current !== null) return;
    const controller = running.current = new AbortController();
    const { signal } = controller;
    try {
      const page = await list<RecordSummary>("webhooks/history", { query: { ...filters, limit: PAGE, bodies: false }, signal });
      const first = await filled(page, signal);
      if (signal.aborted) return;
      setLive((before) => (before === undefined ? started(first) : refreshed(before, page, scrollY > AT_TOP_PX)));
      setError(undefined);
    } catch (problem) {
      if (!signal.aborted) setError(problem);
    } finally {
      if (running.current === controller) running.current = null;
    }
  }, [query]);

  useEffect(() => {
    setLive(undefined);
    setError(undefined);
    void refresh();
    return () => { running.current?.abort(); running.current = null; };
  }, [refresh]);
  useEffect(() => { if (isOn) void refresh(); }, [isOn]);
  useEvery(PERIOD_MS, () => void refresh(), isOn ? error === undefined || isTemporary(error) : isTemporary(error));

  const showFresh = useCallback(() => setLive((before) => before && withFresh(before)), []);
  const freshCount = live?.fresh.length ?? 0;
  useEffect(() => {
    if (freshCount === 0) return;
    const look = () => { if (scrollY <= AT_TOP_PX) showFresh(); };
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [freshCount > 0]);

  const more = useAction(async () => {
    if (live?.next == null) return;
    const page = await filled(await list<RecordSummary>(live.next));
    setLive((before) => (before?.next === live.next ? continued(before, page) : before)); // the list may have started again
  });
  return {
    records: live?.shown, freshCount, hasMore: live?.next != null, isLoadingMore: more.isBusy, isUnreachable: isTemporary(error),
    error: isTemporary(error) ? undefined : error ?? more.error, showFresh, loadMore: () => void more.run(), reload: () => void refresh(),
  };
}

/** The page, or the first page after it that is not empty. */
function filled(page: Page<RecordSummary>, signal?: AbortSignal): Promise<Page<RecordSummary>> {
  return extended(page, (items, pages) => items.length > 0 || pages === EMPTY_PAGES_MAX, signal);
}

/** Whether an error is temporary and not caused by the request. */
function isTemporary(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}
