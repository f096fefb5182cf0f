// Sending a test, and its result.
import { useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { HistoryRecord } from "../../api/types.ts";
import { Loading, Problem } from "../../components/basics.tsx";
import { OutcomeBadge } from "../../components/records.tsx";
import { useAction } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { duration } from "../../text/format.ts";

const REFRESH_MS = 1_000;
const REQUESTS_MAX = 60; // a minute; the timeout of an attempt is at most half of that

/** A test that can be run again. `turn` counts the finished ones. */
export interface Test { run: () => void; isBusy: boolean; error: unknown; record: HistoryRecord | undefined; turn: number; clear: () => void }

export function useTest(webhookId: string, onOver: () => void): Test {
  const [record, setRecord] = useState<HistoryRecord>();
  const [turn, setTurn] = useState(0);
  const testing = useAction(async () => {
    setRecord(undefined);
    const answer = await started(webhookId);
    setRecord("outcome" in answer ? answer : await recordOf(answer.id));
    setTurn((before) => before + 1);
    onOver();
  });
  const clear = () => { setRecord(undefined); testing.clear(); };
  return { run: () => void testing.run(), isBusy: testing.isBusy, error: testing.error, record, turn, clear };
}

/** A webhook has one test at a time. While another one runs, that one is shown. */
async function started(webhookId: string): Promise<HistoryRecord | { id: string }> {
  try {
    return await call<HistoryRecord | { id: string }>("POST", `webhooks/${webhookId}/test`);
  } catch (error) {
    const running = error instanceof ApiError && error.code === "test_running" ? error.fields["recordId"] : undefined;
    if (running === undefined) throw error;
    return { id: running };
  }
}

/** Waits for the record of the attempt. */
async function recordOf(id: string): Promise<HistoryRecord> {
  for (let requests = 1; ; requests += 1) {
    try {
      return await call<HistoryRecord>("GET", `webhooks/history/${id}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      if (requests === REQUESTS_MAX) throw new ApiError(0, "unavailable", "The test was started, but there is no result yet. It will appear in the attempts below.");
    }
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

/** The result of the last test. */
export function TestOutcome({ test }: { test: Test }) {
  if (test.isBusy) return <div class="card"><p class="muted">Sending a test notification and waiting for the response…</p><Loading lines={1} what="Waiting for the receiver" /></div>;
  if (test.error !== undefined) return <Problem error={test.error} retry={test.run} />;
  const { record } = test;
  if (record === undefined) return null;
  const isGood = record.outcome === "succeeded";
  return (
    <div class={`note ${isGood ? "good" : "bad"}`} role="status">
      <p><strong>{isGood ? "The test arrived." : "The test failed."}</strong> <OutcomeBadge record={record} /> {record.message} It took {duration(record.durationMs)}.</p>
      <span class="actions">
        <a class="button small" href={href("history", record.id)}>Request and response</a>
        <button type="button" class="quiet small" onClick={test.clear}>Dismiss</button>
      </span>
    </div>
  );
}
