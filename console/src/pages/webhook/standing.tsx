// What is wrong with a webhook, and what to do about it; nothing where all is well.
import type { Webhook } from "../../api/types.ts";
import type { ComponentChildren } from "preact";
import { Time } from "../../components/basics.tsx";
import { counted } from "../../text/format.ts";

export function Standing({ webhook }: { webhook: Webhook }) {
  const { status, disabledReason, health } = webhook;
  if (status === "disabled") {
    return <Said tone="bad" title="Disabled by the service.">{disabledReason} Mend the receiver or the address, then enable it again; what it missed meanwhile can be recovered below.</Said>;
  }
  if (status === "paused") {
    return <Said tone="plain" title="Paused.">Nothing is sent. Resume it when the receiver is ready; what it misses until then can be recovered below.</Said>;
  }
  const failures = <Failures health={health} />;
  if (health.circuit === "open" && health.retryAfter !== null && health.retryAfter === health.nextProbeAt) {
    return <Said tone="warn" title="The receiver asked for a pause.">Its deliveries wait until then, and nothing is lost: the next one is sent <Time at={health.retryAfter} />. Test tries at once.</Said>;
  }
  if (health.circuit === "open") {
    return <Said tone="bad" title="The receiver is down.">{failures} What is owed waits, and nothing is lost: one attempt finds out <Time at={health.nextProbeAt} /> whether it is back. The attempts below say what is wrong; when it is mended, Test tries at once.</Said>;
  }
  if (health.circuit === "halfOpen") {
    return <Said tone="bad" title="The receiver was down.">{failures} The next attempt finds out whether it is back; the others wait for that. Test tries at once.</Said>;
  }
  if (health.consecutiveFailures > 0) {
    return <Said tone="warn" title="It is failing.">{failures} Each is made again by itself as its schedule says, but for tests; the attempts below say what is wrong.</Said>;
  }
  if (health.isSlow) return <Said tone="warn" title="It answers slowly.">An attempt took long, so its deliveries give way to others for a while. A receiver should answer first and work then.</Said>;
  return null;
}

function Failures({ health: { consecutiveFailures, failingSince } }: Pick<Webhook, "health">) {
  const since = failingSince && <Time at={failingSince} />;
  if (consecutiveFailures === 1) return <>The last attempt failed{since && <>, {since}</>}.</>;
  return <>The last {counted(consecutiveFailures, "attempt")} failed{since && <>, the first of them {since}</>}.</>;
}

function Said({ tone, title, children }: { tone: "plain" | "warn" | "bad"; title: string; children: ComponentChildren }) {
  return <section class={`note ${tone}`} aria-label="How it stands"><p><strong>{title}</strong> {children}</p></section>;
}
