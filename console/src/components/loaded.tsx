// What a page has loaded, or is loading.
import type { ComponentChildren } from "preact";
import type { Loaded, Paged } from "../state/loading.ts";
import { Loading, Problem } from "./basics.tsx";

interface Props<From, T> { from: From; lines?: number; what: string; children?: (value: T) => ComponentChildren }

/** Shows the value, or a placeholder until it is there; above it the error, with a button that tries again. */
export function Loadable<T>({ from, lines = 3, what, children }: Props<Loaded<T>, T>) {
  return (
    <>
      <Problem error={from.error} retry={from.reload} />
      {from.value === undefined ? from.isLoading && <Loading lines={lines} what={what} /> : children?.(from.value)}
    </>
  );
}

/** The same for a list, with a button for its next page. */
export function LoadablePages<T>({ from, ...rest }: Props<Paged<T>, T[]>) {
  return (
    <>
      <Loadable from={from} {...rest} />
      <More list={from} />
    </>
  );
}

/** The button for the next page of a list. */
export function More({ list: { hasMore, isLoadingMore, loadMore } }: { list: Pick<Paged<unknown>, "hasMore" | "isLoadingMore" | "loadMore"> }) {
  if (!hasMore) return null;
  return <p class="more"><button type="button" disabled={isLoadingMore} onClick={loadMore}>{isLoadingMore ? "Loading…" : "Show more"}</button></p>;
}
