// The title and the actions of a record.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { HistoryRecord, Webhook } from "../../api/types.ts";
import { Copy, Note, PageHead, Time } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { toast } from "../../components/toasts.tsx";
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
    toast("The record was expunged.");
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
          <p>The headers and bodies of the request and the response are deleted forever. The outcome, times and sizes stay.</p>
          <p>The attempt cannot be retried afterwards. Other attempts of this delivery keep their bodies. Expunge them one by one.</p>
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

/** What the copied command does not contain, and why the receiver may refuse it. */
function CurlNote({ record: { request }, onClose }: { record: HistoryRecord; onClose: () => void }) {
  const masked = maskedHeaders(request);
  return (
    <Note tone={masked.length > 0 || request.url.endsWith("/…") ? "warn" : "plain"}>
      <div>
        <p>The command is in the clipboard, for bash or zsh. It has the old timestamp and signature. A receiver that checks them refuses it five minutes after the attempt.</p>
        {masked.length > 0 && <p>It has *** instead of the value of {masked.join(", ")}, because secrets are not stored. Insert yours before you run it.</p>}
        {request.url.endsWith("/…") && <p>The URL ends in …, because only the owner of a webhook sees all of it.</p>}
      </div>
      <button type="button" class="quiet small" onClick={onClose}>Dismiss</button>
    </Note>
  );
}
