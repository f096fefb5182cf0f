// Asking for an attempt again, and waiting for what comes of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { HistoryRecord } from "../../api/types.ts";
import { Note, Problem } from "../../components/basics.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { useAction } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { duration } from "../../text/format.ts";

const LOOK_AGAIN_MS = 1_000;
const LATE_AFTER_MS = 20_000;
const LOOK_AGAIN_LATE_MS = 5_000;

/** `turn` counts the retries whose outcome has come. */
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

/** The record is there once its attempt has been made; a service that cannot be reached for a while is asked again. */
async function whenMade(id: string, signal: AbortSignal): Promise<HistoryRecord> {
  const since = Date.now();
  for (;;) {
    try {
      return await call<HistoryRecord>("GET", `webhooks/history/${encodeURIComponent(id)}`, { signal });
    } catch (error) {
      const isPassing = error instanceof ApiError && (error.status === 0 || error.status === 404 || error.status >= 500);
      if (!isPassing) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Date.now() - since < LATE_AFTER_MS ? LOOK_AGAIN_MS : LOOK_AGAIN_LATE_MS));
    signal.throwIfAborted();
  }
}

/** How a retry is getting on. */
export function RetryNote({ retry, webhookId }: { retry: Retry; webhookId: string }) {
  if (retry.isBusy) return <Note><p>Retry: waiting for the attempt…{retry.isLate && " It takes its turn: a rate limit or a slow receiver can hold it back. You can leave this page; it will be in the chain below."}</p></Note>;
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
      <a class="button small" href={href("history", record.id)}>Look at the retry</a>
    </div>
  );
}
