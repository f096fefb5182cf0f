// A webhook as the API returns it, for tests: at its defaults unless a member is given.
import type { Webhook } from "../api/types.ts";

export function webhookWith(members: Partial<Webhook> = {}): Webhook {
  const webhook = {
    id: "wh_1", url: "https://example.com/hooks", name: "Mine", notificationType: ["modelDeleted"], global: false, actionType: null, format: "slack",
    filter: null, transform: null, headers: {}, authentication: null, timeoutSeconds: null, retrySchedule: null, rateLimitPerSecond: null, retentionDays: null,
    publicKey: null, createdBy: 2, createdAt: "2026-03-01T12:00:00.000Z", updatedAt: "2026-03-01T12:00:00.000Z", status: "enabled", disabledReason: null, version: 3,
    health: { circuit: "closed", consecutiveFailures: 0, failingSince: null, nextProbeAt: null, retryAfter: null, isSlow: false },
    ...members,
  } satisfies Partial<Webhook>;
  return webhook as Webhook;
}
