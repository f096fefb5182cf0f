// The signed-in user. The key is only in the tab's session storage, which is deleted when the tab is closed.
import type { Me } from "../api/types.ts";
import { Store } from "./store.ts";

const NAME = "posthorn.key";

/** `why` is shown on the sign-in page after somebody was signed out. */
export interface Session { key: string | null; me: Me | null; why: string | null }

export const session = new Store<Session>({ key: sessionStorage.getItem(NAME), me: null, why: null });

export function currentKey(): string | null {
  return session.value.key;
}

/** Uses a key from now on. It is stored when the service has accepted it. */
export function tryKey(key: string): void {
  session.set({ key, me: null, why: null });
}

export function enter(me: Me): void {
  const { key } = session.value;
  if (key !== null) sessionStorage.setItem(NAME, key);
  session.set({ key, me, why: null });
}

/** Signs out, because the service does not accept the key any more. */
export function expire(): void {
  if (session.value.key !== null) leave("The service did not accept the key: it is wrong, or it was revoked. Sign in with a valid one.");
}

export function leave(why: string | null = null): void {
  sessionStorage.removeItem(NAME);
  session.set({ key: null, me: null, why });
}
