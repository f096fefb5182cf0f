// A time line of all attempts of a delivery, with the next one.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { listAll, PAGE_SIZE_MAX } from "../../api/pages.ts";
import type { RecordSummary, Webhook } from "../../api/types.ts";
import { Time } from "../../components/basics.tsx";
import { Loadable } from "../../components/loaded.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { useEvery, useLoaded } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { counted, duration } from "../../text/format.ts";
import { triggerInWords } from "../../text/words.ts";
import { isDue, oldestFirst, plannedAt } from "./chain.ts";

const REFRESH_MS = 3_000;

/** `turn` changes when there is a further attempt. */
export function Chain({ recordId, webhook, turn }: { recordId: string; webhook: Webhook | undefined; turn: number }) {
  const attempts = useLoaded((signal) => listAll<RecordSummary>(`webhooks/history/${encodeURIComponent(recordId)}/attempts`, { query: { limit: PAGE_SIZE_MAX }, signal }), [recordId]);
  const [now, setNow] = useState(Date.now());
  const planned = attempts.value === undefined ? null : plannedAt(attempts.value);
  useEvery(REFRESH_MS, () => setNow(Date.now()), planned !== null);
  useEvery(REFRESH_MS, () => attempts.isLoading || attempts.reload(), isDue(planned, now));
  useEffect(() => { if (turn > 0) attempts.reload(); }, [turn]);
  const all = oldestFirst(attempts.value ?? []);
  return (
    <section class="card" aria-labelledby="chain">
      <h2 id="chain">Attempts of this delivery{all.length > 1 && <span class="muted"> ({all.length})</span>}</h2>
      <Loadable from={attempts} lines={2} what="Loading the attempts" />
      {all.length > 0 && (
        <ol class="chain" tabIndex={0} aria-label={`${counted(all.length, "attempt")}, oldest first`}>
          {all.map((each) => <Link key={each.id} attempt={each} isHere={each.id === recordId} />)}
          <End at={planned} now={now} last={all.at(-1)} webhook={webhook} />
        </ol>
      )}
    </section>
  );
}

function Link({ attempt, isHere }: { attempt: RecordSummary; isHere: boolean }) {
  return (
    <li class={attempt.outcome}>
      <a href={href("history", attempt.id)} aria-current={isHere ? "true" : undefined}>Attempt {attempt.attemptNumber}</a>
      <span>{triggerInWords(attempt.trigger)}{isHere && <span class="muted"> (this one)</span>}</span>
      <span><OutcomeBadge record={attempt} /></span>
      <span class="muted"><Time at={attempt.startedAt} />, took {duration(attempt.durationMs)}</span>
    </li>
  );
}

/** When the next attempt is due, or why there is none. */
function End({ at, now, last, webhook }: { at: string | null; now: number; last: RecordSummary | undefined; webhook: Webhook | undefined }) {
  if (at === null) return last?.outcome === "failed" ? <Planned>There will be no further automatic attempt.</Planned> : null;
  const isPast = Date.parse(at) < now;
  if (webhook !== undefined && webhook.status !== "enabled") return <Planned>The next attempt {isPast ? "was" : "is"} due <Time at={at} />. Nothing is sent while the webhook is {webhook.status}.</Planned>;
  if (!isPast) return <Planned>Next attempt <Time at={at} /></Planned>;
  if (webhook !== undefined && webhook.health.circuit !== "closed") return <Planned>The next attempt is waiting, because the receiver asked for a pause or too many consecutive attempts have failed.</Planned>;
  if (isDue(at, now)) return <Planned>The next attempt is about to be made…</Planned>;
  return <Planned>The next attempt was due <Time at={at} />, but was not made. This happens if the webhook is paused or disabled at that time. To make one now, press Retry.</Planned>;
}

function Planned({ children }: { children: ComponentChildren }) {
  return <li class="planned"><span>{children}</span></li>;
}
