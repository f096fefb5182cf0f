// Asking the API for what a component shows, and asking again.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { list } from "../api/client.ts";

/** What is known of something that was asked for: `value` stays while it is asked for again. */
export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
  /** Put another value in place, as after a change that the API has answered with it. */
  put: (value: T) => void;
}

/** Load when the component appears and whenever `inputs` change; what comes too late is dropped. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown; isLoading: boolean }>({ value: undefined, error: undefined, isLoading: true });
  const [turn, setTurn] = useState(0);
  const asked = useRef<string | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    const name = JSON.stringify(inputs);
    const isSame = asked.current === name;
    asked.current = name;
    setState(({ value, error }) => (isSame ? { value, error, isLoading: true } : { value: undefined, error: undefined, isLoading: true })); // an error stays until it is over: else it would flicker while one looks again
    load(controller.signal).then(
      (value) => controller.signal.aborted || setState({ value, error: undefined, isLoading: false }),
      (error) => controller.signal.aborted || setState(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => controller.abort();
  }, [...inputs, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const put = useCallback((value: T) => setState({ value, error: undefined, isLoading: false }), []);
  return { ...state, reload, put };
}

/** A list that grows at its end. */
export interface Paged<T> extends Omit<Loaded<T[]>, "value"> {
  items: T[] | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
}

/** Load a list's first page, and further ones when asked. */
export function usePaged<T>(path: string, query: Record<string, string | number | undefined>): Paged<T> {
  const first = useLoaded((signal) => list<T>(path, { query, signal }), [path, JSON.stringify(query)]);
  const [error, setError] = useState<unknown>(undefined);
  const [isLoadingMore, setLoadingMore] = useState(false);
  const { value, put } = first;
  const loadMore = () => {
    if (value?.next == null || isLoadingMore) return;
    setLoadingMore(true);
    setError(undefined);
    list<T>(value.next)
      .then((page) => put({ items: [...value.items, ...page.items], next: page.next }), setError)
      .finally(() => setLoadingMore(false));
  };
  return {
    items: value?.items,
    error: first.error ?? error,
    isLoading: first.isLoading,
    reload: first.reload,
    put: (items) => put({ items, next: value?.next ?? null }),
    hasMore: value?.next != null,
    isLoadingMore,
    loadMore,
  };
}

/** Do something every `periodMs` while the page is being looked at. */
export function useEvery(periodMs: number, act: () => void, isOn = true): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => document.hidden || latest.current(), periodMs);
    return () => clearInterval(timer);
  }, [periodMs, isOn]);
}

/** Something that a person sets off: whether it is under way, what went wrong, and the way to set it off. */
export interface Action<A extends unknown[]> { run: (...given: A) => Promise<void>; isBusy: boolean; error: unknown; clear: () => void }

/** Set something off, once at a time; an error is kept to be shown beside it. */
export function useAction<A extends unknown[]>(act: (...given: A) => Promise<unknown>): Action<A> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const isRunning = useRef(false);
  const run = async (...given: A): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await act(...given);
    } catch (problem) {
      setError(problem);
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };
  return { run, isBusy, error, clear: () => setError(undefined) };
}
