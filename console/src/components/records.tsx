// A table of attempts.
import type { RecordSummary } from "../api/types.ts";
import { href } from "../state/router.ts";
import { counted, duration } from "../text/format.ts";
import { outcomeInWords, triggerInWords } from "../text/words.ts";
import { Badge, Time } from "./basics.tsx";

/** With `webhookNames` each row has its webhook. A webhook that is not in it is shown by its id. */
export function RecordsTable({ records, webhookNames }: { records: readonly RecordSummary[]; webhookNames?: ReadonlyMap<string, string> }) {
  return (
    <table class="stack records">
      <caption class="visually-hidden">{counted(records.length, "attempt")}, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Outcome</th>
          {webhookNames && <th scope="col">Webhook</th>}
          <th scope="col">Type</th>
          <th scope="col">Attempt</th>
          <th scope="col" class="number">Duration</th>
          <th scope="col">Next attempt</th>
        </tr>
      </thead>
      <tbody>{records.map((each) => <Row key={each.id} record={each} webhookNames={webhookNames} />)}</tbody>
    </table>
  );
}

function Row({ record, webhookNames }: { record: RecordSummary; webhookNames: ReadonlyMap<string, string> | undefined }) {
  return (
    <tr>
      <td data-label="Time" class="record-time"><a href={href("history", record.id)}><Time at={record.startedAt} /></a></td>
      <td data-label="Outcome" class="record-outcome"><OutcomeBadge record={record} /></td>
      {webhookNames && <td data-label="Webhook" class="record-webhook"><a class="plain-link" href={href("webhooks", record.webhookId)}>{webhookNames.get(record.webhookId) ?? record.webhookId}</a></td>}
      <td data-label="Type" class="record-type">{record.notificationType}</td>
      <td data-label="Attempt" class="record-attempt">{attemptInWords(record)}</td>
      <td data-label="Duration" class="number record-duration">{duration(record.durationMs)}</td>
      <td data-label="Next attempt" class="record-next"><Next at={record.nextAttemptAt} /></td>
    </tr>
  );
}

/** If the time is over, the attempt was made, or it waits for the circuit breaker or the rate limit. */
function Next({ at }: { at: string | null }) {
  if (at === null) return <span class="muted">none</span>;
  return Date.parse(at) > Date.now() ? <Time at={at} /> : <span class="muted">was due <Time at={at} /></span>;
}

/** The status if there was a response, else the cause. The tooltip has the API's sentence. */
export function OutcomeBadge({ record }: { record: Pick<RecordSummary, "outcome" | "httpStatusCode" | "failureCause" | "message"> }) {
  return <span title={record.message}><Badge tone={record.outcome === "succeeded" ? "good" : "bad"}>{outcomeInWords(record)}</Badge></span>;
}

function attemptInWords({ trigger, attemptNumber }: RecordSummary): string {
  return attemptNumber === 1 ? triggerInWords(trigger) : `${triggerInWords(trigger)}, no. ${attemptNumber}`;
}
