// A secret: the API never returns it, so an existing one is kept until somebody enters another.

export interface Secret { isKept: boolean; text: string }

export const NO_SECRET: Secret = { isKept: false, text: "" };

/** `true` keeps the existing one. */
export function sentSecret(secret: Secret): string | true {
  return secret.isKept ? true : secret.text;
}
