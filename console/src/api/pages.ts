// Lists, which the API returns page by page. Its `Link` header has the address of the next page.
import { type Options, request, root } from "./client.ts";

export const PAGE_SIZE_MAX = 200; // the API's limit

/** `next` is the path of the next page. */
export interface Page<T> { items: T[]; next: string | null }

/** Requests a page, by the path of the list or by the `next` of the previous page. */
export async function list<T>(path: string, options: Options = {}): Promise<Page<T>> {
  const { value, response } = await request<T[]>("GET", path, options);
  return { items: value, next: nextPath(response.headers.get("link")) };
}

/** A page with the items of further pages, until there are enough or the list ends. */
export async function extended<T>(page: Page<T>, isEnough: (items: readonly T[], pages: number) => boolean, signal?: AbortSignal): Promise<Page<T>> {
  const items = [...page.items];
  let { next } = page;
  for (let pages = 1; next !== null && !isEnough(items, pages); pages += 1) {
    const further: Page<T> = await list<T>(next, signal ? { signal } : {});
    items.push(...further.items);
    next = further.next;
  }
  return { items, next };
}

/** Requests all pages. Use it for short lists only. */
export async function listAll<T>(path: string, options: Options = {}): Promise<T[]> {
  return (await extended(await list<T>(path, options), () => false, options.signal)).items;
}

/** The list with its next page, unless the list has changed since that page was requested at `next`. */
export function appended<T>(before: Page<T>, next: string, page: Page<T>): Page<T> {
  return before.next === next ? { items: [...before.items, ...page.items], next: page.next } : before;
}

function nextPath(link: string | null): string | null {
  const target = link?.match(/<([^>]*)>;\s*rel="next"/)?.[1];
  if (target === undefined) return null;
  const url = new URL(target, location.href);
  return url.pathname.slice(root.length) + url.search;
}
