// What to do about a failed attempt.
import type { components } from "../../api/schema.d.ts";
import type { RecordSummary } from "../../api/types.ts";

/** What to do, and whether to change the webhook. */
export interface Advice { text: string; isOfWebhook: boolean }

const atReceiver = (text: string): Advice => ({ text, isOfWebhook: false });
const atWebhook = (text: string): Advice => ({ text, isOfWebhook: true });

type Cause = components["schemas"]["FailureCause"];

const BY_CAUSE: Record<Cause, Advice> = {
  status: atReceiver("Look at the response, and in the receiver’s own log at that time. Search it for the webhook-id header."),
  gone: atWebhook("The receiver responded that it is gone, so the webhook was disabled. Check its URL, then enable it again."),
  timeout: atWebhook("Let the receiver respond first and process the request afterwards, or give the webhook a longer timeout (at most 30 s)."),
  dns: atWebhook("Check the host in the webhook’s URL for a typing error, and that it is in the public DNS."),
  connect: atReceiver("Check that the receiver is running, that the port in the URL is correct, and that no firewall blocks the requests."),
  tls: atReceiver("Check the receiver’s certificate: it must be valid, be for this host name, and be sent with its intermediate certificates."),
  blockedAddress: atWebhook("The host is a special name, or has an IP address that this webhook may not call. Give the webhook a public host."),
  badResponse: atReceiver("The receiver closed the connection or its response was not HTTP. Check that the URL leads to a web server, and check the proxies in between."),
  rendering: atWebhook("Nothing was sent, because the webhook’s filter or transform failed. Try it in the webhook’s preview and correct it."),
  authorization: atWebhook("Nothing was sent, because the service got no access token. Check the webhook’s authentication, and that its token server is running."),
  badRequest: atWebhook("No request can be built from this webhook. Check its URL, its headers and its authentication."),
};

const BY_STATUS: Record<number, Advice> = {
  400: atWebhook("The receiver did not understand the payload. Compare the webhook’s format with what the receiver expects."),
  401: atWebhook("The receiver did not accept the authentication. Check the webhook’s authentication and headers, and the secret with which the receiver verifies signatures."),
  403: atWebhook("The receiver refused the request. Check the webhook’s authentication and headers, and whether a firewall is in front of the receiver."),
  404: atWebhook("The receiver does not have this URL. Check the path in the webhook’s URL."),
  405: atWebhook("The receiver does not accept POST at this URL. Check the path in the webhook’s URL."),
  413: atReceiver("The receiver does not accept a payload of this size. Raise its limit, or shorten the payload with a transform."),
  429: atWebhook("The receiver gets too many requests. Give the webhook a rate limit."),
};

const REDIRECT = atWebhook("Redirects are not followed. Give the webhook the URL that this one redirects to.");

/** Null if there is nothing to do. */
export function adviceOn({ failureCause, httpStatusCode }: Pick<RecordSummary, "failureCause" | "httpStatusCode">): Advice | null {
  if (failureCause === null) return null;
  if (failureCause !== "status" || httpStatusCode === null) return BY_CAUSE[failureCause] ?? null;
  if (httpStatusCode >= 300 && httpStatusCode < 400) return REDIRECT;
  return BY_STATUS[httpStatusCode] ?? BY_CAUSE.status;
}
