// The API's values in words.
import type { components } from "../api/schema.d.ts";
import type { RecordSummary } from "../api/types.ts";

type Cause = components["schemas"]["FailureCause"];
type Trigger = components["schemas"]["Trigger"];

export const CAUSES: Record<Cause, string> = {
  status: "refused by the receiver",
  gone: "the receiver is gone (410)",
  timeout: "timeout",
  dns: "host not found",
  connect: "no connection",
  tls: "certificate or TLS failed",
  blockedAddress: "address not allowed",
  badResponse: "no valid HTTP response",
  rendering: "filter or transform failed",
  authorization: "no access token",
  badRequest: "request cannot be built",
};

const TRIGGERS: Record<Trigger, string> = {
  notification: "first attempt",
  schedule: "automatic",
  retry: "manual retry",
  test: "test",
  recovery: "recovery",
};

/** Why an attempt failed. A cause that this console does not know is shown as it is. */
export function causeInWords(cause: string): string {
  return CAUSES[cause as Cause] ?? cause;
}

/** Why an attempt was made. */
export function triggerInWords(trigger: string): string {
  return TRIGGERS[trigger as Trigger] ?? trigger;
}

/** How an attempt ended: “200”, “503”, “timeout”. */
export function outcomeInWords(record: Pick<RecordSummary, "outcome" | "httpStatusCode" | "failureCause">): string {
  const { outcome, httpStatusCode, failureCause } = record;
  const isStatusEnough = failureCause === null || failureCause === "status" || failureCause === "gone";
  if (httpStatusCode !== null && isStatusEnough) return String(httpStatusCode);
  return failureCause === null ? outcome : causeInWords(failureCause);
}
