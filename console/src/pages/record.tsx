// One attempt: its request, its response, and the other attempts of its delivery.
import { useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import type { HistoryRecord, Webhook } from "../api/types.ts";
import { Empty, Fact, Facts, PageHead, Time } from "../components/basics.tsx";
import { Loadable } from "../components/loaded.tsx";
import { type Loaded, useEvery, useLoaded } from "../state/loading.ts";
import { href } from "../state/router.ts";
import { absolute, bytes, duration } from "../text/format.ts";
import { adviceOn } from "./record/advice.ts";
import { Chain } from "./record/chain.tsx";
import { Exchange } from "./record/exchange.tsx";
import { Head } from "./record/head.tsx";
import { RetryNote, useRetry } from "./record/retry.tsx";

export function RecordPage({ id }: { id: string }) {
  const record = useLoaded((signal) => call<HistoryRecord>("GET", `webhooks/history/${encodeURIComponent(id)}`, { signal }), [id]);
  if (record.value !== undefined) return <RecordDetails record={record.value} onExpunged={record.put} />;
  if (record.error instanceof ApiError && record.error.status === 404) return <Gone loaded={record} />;
  return (
    <>
      <PageHead title="Attempt" />
      <Loadable from={record} lines={8} what="Loading the attempt" />
    </>
  );
}

function Gone({ loaded }: { loaded: Loaded<HistoryRecord> }) {
  return (
    <>
      <PageHead title="This record is not here" />
      <Empty title="There is no such record, or it is not yours.">
        <p>Records are deleted after their retention (30 days, unless their webhook has another), and when their webhook is deleted.</p>
        <p>The record of a retry appears when its attempt was made. Users can see only the records of their own webhooks.</p>
        <div class="actions centered">
          <button type="button" onClick={loaded.reload}>Try again</button>
          <a class="button" href={href("history")}>Go to the history</a>
        </div>
      </Empty>
    </>
  );
}

function RecordDetails({ record, onExpunged }: { record: HistoryRecord; onExpunged: (record: HistoryRecord) => void }) {
  const webhook = useLoaded((signal) => call<Webhook>("GET", `webhooks/${encodeURIComponent(record.webhookId)}`, { signal }), [record.webhookId]);
  const retry = useRetry(record.id);
  return (
    <>
      <Head record={record} webhook={webhook.value} retry={retry} onExpunged={onExpunged} />
      <RetryNote retry={retry} webhookId={record.webhookId} />
      <Verdict record={record} isLive={webhook.value?.status === "enabled"} />
      <Exchange record={record} />
      <Chain recordId={record.id} webhook={webhook.value} turn={retry.turn} />
      <Details record={record} />
    </>
  );
}

/** The result in a sentence, and what to do. */
function Verdict({ record, isLive }: { record: HistoryRecord; isLive: boolean }) {
  const advice = adviceOn(record);
  const [now, setNow] = useState(Date.now());
  useEvery(1_000, () => setNow(Date.now()), record.nextAttemptAt !== null);
  const isPlanned = isLive && record.nextAttemptAt !== null && Date.parse(record.nextAttemptAt) > now;
  return (
    <div class={`verdict ${record.outcome}`}>
      <p><strong>{record.message}</strong></p>
      {advice && <p>{advice.text} {advice.isOfWebhook && <a href={href("webhooks", record.webhookId, "edit")}>Edit the webhook</a>}</p>}
      {isPlanned && <p>The next attempt is <Time at={record.nextAttemptAt} />.</p>}
      {record.isExpunged && <p>This record was expunged. Its outcome, times and sizes are still here. Its headers and bodies were deleted, and it cannot be retried.</p>}
    </div>
  );
}

function Details({ record }: { record: HistoryRecord }) {
  const waitedMs = Date.parse(record.startedAt) - Date.parse(record.createdAt);
  return (
    <section class="card" aria-labelledby="details">
      <h2 id="details">Details</h2>
      <Facts>
        <Fact name="Due">{absolute(record.createdAt)}</Fact>
        <Fact name="Started">{absolute(record.startedAt)}, {waitedMs < 1 ? "immediately" : `${duration(waitedMs)} later`}</Fact>
        <Fact name="Duration">{duration(record.durationMs)}</Fact>
        <Fact name="Request body">{bytes(record.requestBytes)}</Fact>
        <Fact name="Response body">{record.httpStatusCode === null ? "none" : bytes(record.responseBytes)}</Fact>
        {record.retryOf !== null && <Fact name="Retry of"><a href={href("history", record.retryOf)}>an earlier attempt</a></Fact>}
        <Fact name="Delivery (webhook-id)"><span class="mono">{record.deliveryId}</span></Fact>
        <Fact name="Notification"><span class="mono">{record.notificationId}</span></Fact>
        <Fact name="Record"><span class="mono">{record.id}</span></Fact>
      </Facts>
    </section>
  );
}
