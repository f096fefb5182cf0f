// The progress of a recovery, and its result.
import { ApiError, call } from "../../api/client.ts";
import type { Recovery } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { Loadable } from "../../components/loaded.tsx";
import { useAction, useEvery, useLoaded } from "../../state/loading.ts";
import { absolute, count, counted } from "../../text/format.ts";

const REFRESH_MS = 1_500;

export function RecoveryProgress({ webhookId, recoveryId, onOver }: { webhookId: string; recoveryId: string; onOver: () => void }) {
  const path = `webhooks/${webhookId}/recoveries/${encodeURIComponent(recoveryId)}`;
  const recovery = useLoaded((signal) => call<Recovery>("GET", path, { signal }), [path]);
  const isRunning = recovery.value === undefined || recovery.value.state === "running";
  const isGone = recovery.error instanceof ApiError && recovery.error.status === 404;
  useEvery(REFRESH_MS, () => recovery.isLoading || recovery.reload(), isRunning && !isGone);
  const stopping = useAction(async () => recovery.put(await call<Recovery>("DELETE", path)));
  const another = <button type="button" onClick={onOver}>Start another</button>;
  if (isGone) return <><p class="muted">This recovery does not exist any more.</p>{another}</>;
  return (
    <>
      <Problem error={stopping.error} />
      <Loadable from={recovery} lines={2} what="Loading the progress">{(value) => <Progress recovery={value} />}</Loadable>
      {isRunning ? <button type="button" disabled={stopping.isBusy || recovery.value === undefined} onClick={() => void stopping.run()}>{stopping.isBusy ? "Stopping…" : "Stop"}</button> : another}
    </>
  );
}

function Progress({ recovery }: { recovery: Recovery }) {
  const { state, progress, since, until, examined, enqueued } = recovery;
  const percent = Math.floor(progress * 100);
  return (
    <div class="recovery">
      <p class="muted">From {absolute(since)} to {absolute(until)}.</p>
      {state === "running" && <><progress value={progress} max={1} aria-label="Progress of the recovery" /><p class="recovery-count">{percent} %: {count(examined)} examined, {count(enqueued)} enqueued</p></>}
      {state !== "running" && <p role="status"><strong>{resultInWords(recovery)}</strong></p>}
    </div>
  );
}

function resultInWords({ state, enqueued }: Recovery): string {
  const sent = `${counted(enqueued, "delivery", "deliveries")} ${enqueued === 1 ? "was" : "were"}`;
  if (state === "stopped") return enqueued === 0 ? "Stopped. Nothing was enqueued." : `Stopped. ${sent} already enqueued and will be sent.`;
  if (state === "failed") return `It ended early, because the webhook was paused, disabled or deleted. ${sent} enqueued.`;
  if (enqueued === 0) return "Done. There was nothing to send again.";
  return `Done. ${sent} enqueued. The attempts appear above, marked “recovery”.`;
}
