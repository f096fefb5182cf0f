// The search in the list of webhooks.
import type { Webhook } from "../../api/types.ts";

export interface Search { text: string; state: string }

export const STATES = [["", "all"], ["live", "live"], ["failing", "failing"], ["paused", "paused"], ["disabled", "disabled"]] as const;

/** The text is found in names and URLs, in any case. */
export function matches(webhook: Pick<Webhook, "name" | "url" | "status" | "health">, { text, state }: Search): boolean {
  const part = text.trim().toLowerCase();
  return isInState(webhook, state) && `${webhook.name}\n${webhook.url}`.toLowerCase().includes(part);
}

function isInState({ status, health }: Pick<Webhook, "status" | "health">, state: string): boolean {
  if (state === "") return true;
  if (state === "failing") return status === "enabled" && health.consecutiveFailures > 0;
  return state === "live" ? status === "enabled" : status === state;
}
