// Which of the listed keys one is signed in with.

const DIGITS = 24; // as many as the API's ids have

/** A key's id, the head of its SHA-256; nothing where the page is not served securely, and browsers have no digests. */
export async function idOfKey(key: string): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return `key_${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGITS)}`;
}
