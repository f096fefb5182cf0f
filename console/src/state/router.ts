// The page in the address: `#/webhooks/wh_1?outcome=failed`. It is in the fragment, so it works with any stage path.
import { Store, useStore } from "./store.ts";

export interface Route { parts: string[]; query: URLSearchParams }

const route = new Store<Route>(read());
addEventListener("hashchange", () => route.set(read()));

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function useRoute(): Route {
  return useStore(route);
}

/** The address of a page: `href("history", id)`, `href("history", { outcome: "failed" })`. */
export function href(...parts: (string | number | Record<string, string | undefined>)[]): string {
  const last = parts.at(-1);
  const query = typeof last === "object" ? last : {};
  const path = parts.filter((part) => typeof part !== "object").map((part) => encodeURIComponent(String(part))).join("/");
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "");
  return `#/${path}${entries.length > 0 ? `?${new URLSearchParams(entries)}` : ""}`;
}

/** Goes to a page. With `replace`, the current page is removed from the browser’s history. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) location.replace(address);
  else location.assign(address);
}
