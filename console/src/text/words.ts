// The API's words as people say them.
import type { components } from "../api/schema.d.ts";
import type { RecordSummary } from "../api/types.ts";

type Cause = components["schemas"]["FailureCause"];
type Trigger = components["schemas"]["Trigger"];

const CAUSES: Record<Cause, string> = {
  status: "refused by the receiver",
  gone: "the receiver wants no more (410)",
  timeout: "no answer in time",
  dns: "host not found",
  connect: "no connection",
  tls: "certificate or TLS failed",
  blockedAddress: "address not allowed",
  badResponse: "no valid HTTP answer",
  rendering: "filter or transform failed",
  authorization: "no access token",
  badRequest: "request cannot be made",
};

const TRIGGERS: Record<Trigger, string> = {
  notification: "first attempt",
  schedule: "automatic",
  retry: "retry by hand",
  test: "test",
  recovery: "recovery",
};

/** Why an attempt failed; a cause that this console does not know yet is shown as it came. */
export function causeInWords(cause: string): string {
  return CAUSES[cause as Cause] ?? cause;
}

/** Why an attempt was made. */
export function triggerInWords(trigger: string): string {
  return TRIGGERS[trigger as Trigger] ?? trigger;
}

/** “200”, “503”, “no answer in time”: the shortest that tells how an attempt ended. */
export function outcomeInWords(record: Pick<RecordSummary, "outcome" | "httpStatusCode" | "failureCause">): string {
  const { outcome, httpStatusCode, failureCause } = record;
  const isAnswered = failureCause === null || failureCause === "status" || failureCause === "gone";
  if (httpStatusCode !== null && isAnswered) return String(httpStatusCode);
  return failureCause === null ? outcome : causeInWords(failureCause);
}
