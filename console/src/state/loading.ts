// Requests to the API for what a component shows.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { appended, list } from "../api/pages.ts";

/** Something that was requested. `value` stays while it is requested again. */
export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
  /** Replaces the value, for example with the response to a change. */
  put: (value: T) => void;
  update: (change: (before: T) => T) => void;
}

/** Loads when the component appears and when `inputs` change. A response that is out of date is dropped. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown; isLoading: boolean }>({ value: undefined, error: undefined, isLoading: true });
  const [turn, setTurn] = useState(0);
  const requested = useRef<string | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    const name = JSON.stringify(inputs);
    const isSame = requested.current === name;
    requested.current = name;
    setState(({ value, error }) => (isSame ? { value, error, isLoading: true } : { value: undefined, error: undefined, isLoading: true })); // the error stays until there is a response, so it does not flicker
    load(controller.signal).then(
      (value) => controller.signal.aborted || setState({ value, error: undefined, isLoading: false }),
      (error) => controller.signal.aborted || setState(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => controller.abort();
  }, [...inputs, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const put = useCallback((value: T) => setState({ value, error: undefined, isLoading: false }), []);
  const update = useCallback((change: (before: T) => T) => setState((before) => (before.value === undefined ? before : { ...before, value: change(before.value) })), []);
  return { ...state, reload, put, update };
}

/** The pages of a list that were loaded so far. */
export interface Paged<T> extends Loaded<T[]> {
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
}

/** Loads the first page of a list, and further pages on demand. */
export function usePaged<T>(path: string, query: Record<string, string | number | undefined>): Paged<T> {
  const pages = useLoaded((signal) => list<T>(path, { query, signal }), [path, JSON.stringify(query)]);
  const next = pages.value?.next ?? null;
  const more = useAction(async () => {
    if (next === null) return;
    const page = await list<T>(next);
    pages.update((before) => appended(before, next, page));
  });
  return {
    ...pages,
    value: pages.value?.items,
    error: pages.error ?? more.error,
    put: (items) => pages.put({ items, next }),
    update: (change) => pages.update((before) => ({ ...before, items: change(before.items) })),
    hasMore: next !== null,
    isLoadingMore: more.isBusy,
    loadMore: () => void more.run(),
  };
}

/** Acts every `periodMs` while the page is visible. */
export function useEvery(periodMs: number, act: () => void, isOn = true): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => document.hidden || latest.current(), periodMs);
    return () => clearInterval(timer);
  }, [periodMs, isOn]);
}

/** An action that a person starts: whether it is running, and what went wrong. */
export interface Action<A extends unknown[]> { run: (...args: A) => Promise<void>; isBusy: boolean; error: unknown; clear: () => void }

/** Runs the action, once at a time. The error is kept so that it can be shown. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const isRunning = useRef(false);
  const run = async (...args: A): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await act(...args);
    } catch (problem) {
      setError(problem);
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };
  return { run, isBusy, error, clear: () => setError(undefined) };
}
