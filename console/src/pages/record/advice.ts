// What somebody can do about an attempt that failed.
import type { components } from "../../api/schema.d.ts";
import type { RecordSummary } from "../../api/types.ts";

/** What to do, and whether it is done at the webhook. */
export interface Advice { text: string; isOfWebhook: boolean }

const atReceiver = (text: string): Advice => ({ text, isOfWebhook: false });
const atWebhook = (text: string): Advice => ({ text, isOfWebhook: true });

type Cause = components["schemas"]["FailureCause"];

const BY_CAUSE: Record<Cause, Advice> = {
  status: atReceiver("Look at what the receiver answered, and into its own log at that time; the header webhook-id finds the request there."),
  gone: atWebhook("The receiver said that it wants no more, so the webhook was disabled: check its address, then enable it again."),
  timeout: atWebhook("Let the receiver answer first and work afterwards, or give the webhook a longer timeout (30 s at the most)."),
  dns: atWebhook("Check the host in the webhook’s address for a typing error, and that it is in the public DNS."),
  connect: atReceiver("Check that the receiver is running, that the port in the address is right, and that a firewall lets requests in."),
  tls: atReceiver("Check the receiver’s certificate: it must be valid, for this host name, and sent with its intermediate certificates."),
  blockedAddress: atWebhook("The host is a special name, or leads to an address that this webhook may not call: give the webhook a public one."),
  badResponse: atReceiver("The receiver broke off or did not answer in HTTP: check that the address leads to a web server, and what stands in between."),
  rendering: atWebhook("Nothing was sent, since the webhook’s own filter or transform failed: try it in the webhook’s preview and correct it."),
  authorization: atWebhook("Nothing was sent, since no access token was to be had: check the webhook’s authentication, and that its token server is up."),
  badRequest: atWebhook("No request can be made from the webhook as it stands: check its address, its headers and its authentication."),
};

const BY_STATUS: Record<number, Advice> = {
  400: atWebhook("The receiver did not understand the body: compare the webhook’s format with what the receiver expects."),
  401: atWebhook("The receiver did not accept who is calling: check the webhook’s authentication and headers, and the secret by which the receiver verifies signatures."),
  403: atWebhook("The receiver did not let the request in: check the webhook’s authentication and headers, and whether a firewall is in front of the receiver."),
  404: atWebhook("The receiver knows no such address: check the path in the webhook’s address."),
  405: atWebhook("The receiver takes no POST at this address: check the path in the webhook’s address."),
  413: atReceiver("The receiver takes no bodies of this length: raise its limit, or shorten the body with a transform."),
  429: atWebhook("The receiver is sent too much at once: give the webhook a rate limit."),
};

const REDIRECT = atWebhook("Redirects are not followed: give the webhook the address that this one leads to.");

/** One sentence; null where there is nothing to be done. */
export function adviceOn({ failureCause, httpStatusCode }: Pick<RecordSummary, "failureCause" | "httpStatusCode">): Advice | null {
  if (failureCause === null) return null;
  if (failureCause !== "status" || httpStatusCode === null) return BY_CAUSE[failureCause] ?? null;
  if (httpStatusCode >= 300 && httpStatusCode < 400) return REDIRECT;
  return BY_STATUS[httpStatusCode] ?? BY_CAUSE.status;
}
