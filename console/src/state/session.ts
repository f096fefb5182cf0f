// Who is signed in. The key is kept in the tab's session storage only: it goes when the tab is closed.
import type { Me } from "../api/types.ts";
import { Store } from "./store.ts";

const NAME = "posthorn.key";

/** `why` is what the sign-in page says to somebody who was signed out. */
export interface Session { key: string | null; me: Me | null; why: string | null }

export const session = new Store<Session>({ key: sessionStorage.getItem(NAME), me: null, why: null });

export function currentKey(): string | null {
  return session.value.key;
}

/** Use a key from now on; it is kept once the service has said whose it is. */
export function tryKey(key: string): void {
  session.set({ key, me: null, why: null });
}

export function enter(me: Me): void {
  const { key } = session.value;
  if (key !== null) sessionStorage.setItem(NAME, key);
  session.set({ key, me, why: null });
}

/** The service does not take the key any more. */
export function expire(): void {
  if (session.value.key !== null) leave("The service did not take the key: it is wrong, or it was revoked. Sign in with a live one.");
}

export function leave(why: string | null = null): void {
  sessionStorage.removeItem(NAME);
  session.set({ key: null, me: null, why });
}
