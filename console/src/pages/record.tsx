// One attempt: what was sent, what was answered, and the other attempts of its delivery.
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
  if (record.value !== undefined) return <Shown record={record.value} onExpunged={record.put} />;
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
      <Empty title="There is no such record for you.">
        <p>Records are forgotten after some time (30 days, unless their webhook says otherwise), and go with their webhook when it is deleted.</p>
        <p>The record of a retry is there once its attempt has been made. The record of somebody else’s webhook is theirs to see.</p>
        <div class="actions centered">
          <button type="button" onClick={loaded.reload}>Look again</button>
          <a class="button" href={href("history")}>Go to the history</a>
        </div>
      </Empty>
    </>
  );
}

function Shown({ record, onExpunged }: { record: HistoryRecord; onExpunged: (record: HistoryRecord) => void }) {
  const webhook = useLoaded((signal) => call<Webhook>("GET", `webhooks/${encodeURIComponent(record.webhookId)}`, { signal }), [record.webhookId]);
  const retry = useRetry(record.id);
  return (
    <>
      <Head record={record} webhook={webhook.value} retry={retry} onExpunged={onExpunged} />
      <RetryNote retry={retry} webhookId={record.webhookId} />
      <Verdict record={record} isLive={webhook.value?.status === "enabled"} />
      <Exchange record={record} />
      <Chain recordId={record.id} webhook={webhook.value} turn={retry.turn} />
      <Particulars record={record} />
    </>
  );
}

/** How it went, in a sentence, and what there is to be done about it. */
function Verdict({ record, isLive }: { record: HistoryRecord; isLive: boolean }) {
  const advice = adviceOn(record);
  const [now, setNow] = useState(Date.now());
  useEvery(1_000, () => setNow(Date.now()), record.nextAttemptAt !== null);
  const isToCome = isLive && record.nextAttemptAt !== null && Date.parse(record.nextAttemptAt) > now;
  return (
    <div class={`verdict ${record.outcome}`}>
      <p><strong>{record.message}</strong></p>
      {advice && <p>{advice.text} {advice.isOfWebhook && <a href={href("webhooks", record.webhookId, "edit")}>Edit the webhook</a>}</p>}
      {isToCome && <p>It is tried again <Time at={record.nextAttemptAt} />.</p>}
      {record.isExpunged && <p>This record was expunged: its outcome, times and sizes are left; headers and bodies are gone, and it cannot be retried.</p>}
    </div>
  );
}

function Particulars({ record }: { record: HistoryRecord }) {
  const waitedMs = Date.parse(record.startedAt) - Date.parse(record.createdAt);
  return (
    <section class="card" aria-labelledby="particulars">
      <h2 id="particulars">Particulars</h2>
      <Facts>
        <Fact name="Due">{absolute(record.createdAt)}</Fact>
        <Fact name="Started">{absolute(record.startedAt)}, {waitedMs < 1 ? "at once" : `${duration(waitedMs)} later`}</Fact>
        <Fact name="Took">{duration(record.durationMs)}</Fact>
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
