// The id of the key that somebody is signed in with.

const DIGITS = 24; // as many as in the API's ids

/** A key's id is the beginning of its SHA-256. Undefined without TLS, because browsers have no digests then. */
export async function idOfKey(key: string): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return `key_${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGITS)}`;
}
