// A record's head: what it is of, and what can be done with it.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { HistoryRecord, Webhook } from "../../api/types.ts";
import { Copy, Note, PageHead, Time } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { say } from "../../components/toasts.tsx";
import { href } from "../../state/router.ts";
import { triggerInWords } from "../../text/words.ts";
import { curlOf, maskedHeaders } from "./curl.ts";
import type { Retry } from "./retry.tsx";

interface Props { record: HistoryRecord; webhook: Webhook | undefined; retry: Retry; onExpunged: (record: HistoryRecord) => void }

export function Head({ record, webhook, retry, onExpunged }: Props) {
  const [isCopied, setCopied] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const wasSent = Object.keys(record.request.headers).length > 0;
  const expunge = async () => {
    onExpunged(await call<HistoryRecord>("POST", `webhooks/history/${encodeURIComponent(record.id)}/expunge`));
    setAsking(false);
    say("The record was expunged.");
  };
  return (
    <>
      <PageHead title={record.notificationType} note={<Subtitle record={record} webhook={webhook} />}>
        {!record.isExpunged && <button type="button" class="primary" disabled={retry.isBusy} onClick={retry.run}>{retry.isBusy ? "Retrying…" : "Retry"}</button>}
        {!record.isExpunged && wasSent && <Copy text={curlOf(record.request)} label="Copy as curl" kind="" onCopied={() => setCopied(true)} />}
        {!record.isExpunged && <button type="button" class="danger" onClick={() => setAsking(true)}>Expunge…</button>}
      </PageHead>
      {isCopied && <CurlNote record={record} onClose={() => setCopied(false)} />}
      {isAsking && (
        <Confirm title="Expunge this record?" action="Expunge" onDo={expunge} onClose={() => setAsking(false)}>
          <p>Headers and bodies of the request and of the answer are emptied for good. The fact, its outcome, its times and sizes stay.</p>
          <p>The attempt cannot be retried afterwards. Other attempts of this delivery keep their bodies; expunge them one by one.</p>
        </Confirm>
      )}
    </>
  );
}

function Subtitle({ record, webhook }: { record: HistoryRecord; webhook: Webhook | undefined }) {
  return (
    <>
      <OutcomeBadge record={record} /> to <a href={href("webhooks", record.webhookId)}>{webhook?.name ?? record.webhookId}</a>,{" "}
      <Time at={record.startedAt} /> (attempt {record.attemptNumber}, {triggerInWords(record.trigger)})
    </>
  );
}

/** What the copied command does not have, so that nobody wonders why the receiver refuses it. */
function CurlNote({ record: { request }, onClose }: { record: HistoryRecord; onClose: () => void }) {
  const masked = maskedHeaders(request);
  return (
    <Note tone={masked.length > 0 || request.url.endsWith("/…") ? "warn" : "plain"}>
      <div>
        <p>The command is in the clipboard, for bash or zsh. It has the old timestamp and signature: a receiver that checks them refuses it five minutes after the attempt.</p>
        {masked.length > 0 && <p>It has *** instead of the value of {masked.join(", ")}, which is a secret and not kept: put yours in before you run it.</p>}
        {request.url.endsWith("/…") && <p>The address ends in …, since only the owner of a webhook sees it whole.</p>}
      </div>
      <button type="button" class="quiet small" onClick={onClose}>Dismiss</button>
    </Note>
  );
}
