// The sections of the form, in their order. A section with a title is closed until somebody needs it.

export const SECTIONS = {
  basics: null,
  content: { title: "Filter and transform", note: "deliver fewer notifications, or another payload" },
  access: { title: "Headers and authentication", note: "if the receiver is behind a gateway" },
  limits: { title: "Retries and limits", note: "retry schedule, timeout, rate limit, retention" },
  signature: { title: "Signature", note: "a key pair in addition to the secret" },
} as const satisfies Record<string, { title: string; note: string } | null>;

export type SectionName = keyof typeof SECTIONS;
