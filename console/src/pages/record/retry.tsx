// Retrying an attempt, and waiting for the result.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { HistoryRecord } from "../../api/types.ts";
import { Note, Problem } from "../../components/basics.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { useAction } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { duration } from "../../text/format.ts";

const REFRESH_MS = 1_000;
const LATE_AFTER_MS = 20_000;
const REFRESH_LATE_MS = 5_000;

/** `turn` counts the finished retries. */
export interface Retry { run: () => void; isBusy: boolean; error: unknown; isLate: boolean; record: HistoryRecord | undefined; turn: number }

export function useRetry(recordId: string): Retry {
  const [{ record, turn }, setMade] = useState<{ record?: HistoryRecord; turn: number }>({ turn: 0 });
  const [isLate, setLate] = useState(false);
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const retrying = useAction(async () => {
    setMade((before) => ({ turn: before.turn }));
    setLate(false);
    const { id } = await call<{ id: string }>("POST", `webhooks/history/retry/${encodeURIComponent(recordId)}`);
    const late = setTimeout(() => setLate(true), LATE_AFTER_MS);
    try {
      const made = await whenMade(id, leaving.current.signal);
      setMade((before) => ({ record: made, turn: before.turn + 1 }));
    } finally {
      clearTimeout(late);
    }
  });
  return { run: () => void retrying.run(), isBusy: retrying.isBusy, error: retrying.error, isLate, record, turn };
}

/** Waits for the record of the attempt. Temporary errors are ignored. */
async function whenMade(id: string, signal: AbortSignal): Promise<HistoryRecord> {
  const since = Date.now();
  for (;;) {
    try {
      return await call<HistoryRecord>("GET", `webhooks/history/${encodeURIComponent(id)}`, { signal });
    } catch (error) {
      const isTemporary = error instanceof ApiError && (error.status === 0 || error.status === 404 || error.status >= 500);
      if (!isTemporary) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Date.now() - since < LATE_AFTER_MS ? REFRESH_MS : REFRESH_LATE_MS));
    signal.throwIfAborted();
  }
}

/** The progress of a retry. */
export function RetryNote({ retry, webhookId }: { retry: Retry; webhookId: string }) {
  if (retry.isBusy) return <Note><p>Retry: waiting for the attempt…{retry.isLate && " A rate limit or a slow receiver can delay it. You can leave this page. The attempt will be in the list below."}</p></Note>;
  if (retry.error !== undefined) {
    const isStopped = retry.error instanceof ApiError && retry.error.status === 409;
    return <Problem error={retry.error}>{isStopped && <a href={href("webhooks", webhookId)}>Go to the webhook</a>}</Problem>;
  }
  const { record } = retry;
  if (record === undefined) return null;
  const isGood = record.outcome === "succeeded";
  return (
    <div class={`note ${isGood ? "good" : "bad"}`} role="status">
      <p><strong>{isGood ? "The retry arrived." : "The retry failed."}</strong> <OutcomeBadge record={record} /> {record.message} It took {duration(record.durationMs)}.</p>
      <a class="button small" href={href("history", record.id)}>Show the retry</a>
    </div>
  );
}
