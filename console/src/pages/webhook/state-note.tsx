// What is wrong with a webhook, and what to do. Nothing is shown for a healthy one.
import type { Webhook } from "../../api/types.ts";
import type { ComponentChildren } from "preact";
import { Time } from "../../components/basics.tsx";
import { counted } from "../../text/format.ts";

export function StateNote({ webhook }: { webhook: Webhook }) {
  const { status, disabledReason, health } = webhook;
  if (status === "disabled") {
    return <StateOf tone="bad" title="Disabled by the service.">{disabledReason} Fix the receiver or the URL, then enable the webhook again. You can recover what it missed below.</StateOf>;
  }
  if (status === "paused") {
    return <StateOf tone="plain" title="Paused.">Nothing is sent. Resume it when the receiver is ready. You can recover what it missed below.</StateOf>;
  }
  const failures = <Failures health={health} />;
  if (health.circuit === "open" && health.retryAfter !== null && health.retryAfter === health.nextProbeAt) {
    return <StateOf tone="warn" title="The receiver asked for a pause.">Its deliveries wait, and nothing is lost. The next one is sent <Time at={health.retryAfter} />. Test sends one immediately.</StateOf>;
  }
  if (health.circuit === "open") {
    return <StateOf tone="bad" title="The receiver is down.">{failures} Its deliveries wait, and nothing is lost. The next attempt is <Time at={health.nextProbeAt} />. It checks whether the receiver works again. The attempts below show what is wrong. After you have fixed it, Test sends one immediately.</StateOf>;
  }
  if (health.circuit === "halfOpen") {
    return <StateOf tone="bad" title="The receiver was down.">{failures} The next attempt checks whether it works again. The other deliveries wait for its result. Test sends one immediately.</StateOf>;
  }
  if (health.consecutiveFailures > 0) {
    return <StateOf tone="warn" title="It is failing.">{failures} The service retries each delivery by its schedule, except tests. The attempts below show what is wrong.</StateOf>;
  }
  if (health.isSlow) return <StateOf tone="warn" title="It is slow.">An attempt took long, so other deliveries have priority for a while. A receiver should respond first and process the request afterwards.</StateOf>;
  return null;
}

function Failures({ health: { consecutiveFailures, failingSince } }: Pick<Webhook, "health">) {
  const since = failingSince && <Time at={failingSince} />;
  if (consecutiveFailures === 1) return <>The last attempt failed{since && <>, {since}</>}.</>;
  return <>The last {counted(consecutiveFailures, "attempt")} failed{since && <>, the first of them {since}</>}.</>;
}

function StateOf({ tone, title, children }: { tone: "plain" | "warn" | "bad"; title: string; children: ComponentChildren }) {
  return <section class={`note ${tone}`} aria-label="State"><p><strong>{title}</strong> {children}</p></section>;
}
