// Sending the deliveries of a period again.
import { useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { Recovery, Webhook } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { Select, TextField } from "../../components/form.tsx";
import { toast } from "../../components/toasts.tsx";
import { useAction } from "../../state/loading.ts";
import { absolute } from "../../text/format.ts";
import { fromLocalInput, toLocalInput } from "../../text/times.ts";
import { HOUR_MS } from "./buckets.ts";
import { RecoveryProgress } from "./recovery-progress.tsx";

type Selection = Recovery["only"];

const SELECTIONS: readonly (readonly [Selection, string])[] = [["failed", "failed deliveries"], ["missing", "what never arrived, even if it was not sent"], ["all", "everything again"]];
const MEANINGS: Record<Selection, string> = {
  failed: "Sends deliveries again that never succeeded and have no further automatic attempt: the same bytes with the same webhook-id.",
  missing: "Sends what matches the webhook’s current settings and never arrived, even if it happened while the webhook was paused or before it was created. Notifications are kept for a few days only.",
  all: "Sends every delivery again, even those that arrived. A receiver that does not deduplicate by webhook-id processes them twice.",
};

export function Recover({ webhook }: { webhook: Webhook }) {
  const place = `posthorn.recovery.${webhook.id}`; // only the id, which is useless without a key
  const [recoveryId, setRecoveryId] = useState(sessionStorage.getItem(place));
  const keep = (id: string | null) => {
    if (id === null) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, id);
    setRecoveryId(id);
  };
  return (
    <section class="card" aria-labelledby="recover">
      <h2 id="recover">Recover since…</h2>
      {recoveryId !== null ? <RecoveryProgress webhookId={webhook.id} recoveryId={recoveryId} onOver={() => keep(null)} />
        : webhook.status === "enabled" ? <RecoverForm webhook={webhook} onStarted={keep} />
          : <p class="muted">Sends the deliveries of a period again. The webhook must be enabled: {webhook.status === "paused" ? "resume" : "enable"} it first.</p>}
    </section>
  );
}

function RecoverForm({ webhook, onStarted }: { webhook: Webhook; onStarted: (id: string) => void }) {
  const [since, setSince] = useState(() => toLocalInput(Date.now() - HOUR_MS));
  const [until, setUntil] = useState("");
  const [only, setOnly] = useState<Selection>("failed");
  const [isAsking, setAsking] = useState(false);
  const start = async () => {
    const body = { since: fromLocalInput(since), until: fromLocalInput(until) ?? null, only };
    try {
      onStarted((await call<Recovery>("POST", `webhooks/${webhook.id}/recover`, { body })).id);
    } catch (error) {
      // A webhook has one recovery at a time. Show the running one, so that it can be stopped.
      const running = error instanceof ApiError && error.code === "recovery_running" ? error.fields["recoveryId"] : undefined;
      if (running === undefined) throw error;
      toast("Another recovery of this webhook is running. This is its progress.");
      onStarted(running);
    }
  };
  const starting = useAction(start);
  const fields = starting.error instanceof ApiError ? starting.error.fields : {};
  const isShownAtFields = "since" in fields || "until" in fields || "only" in fields;
  const from = fromLocalInput(since);
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (only === "all") setAsking(true); else void starting.run(); }}>
      <Presets failingSince={webhook.health.failingSince} onPick={(at) => { setSince(toLocalInput(at)); setUntil(""); }} />
      <div class="recover-fields">
        <TextField label="Since" type="datetime-local" value={since} onInput={setSince} required error={fields["since"]} />
        <TextField label="Until" type="datetime-local" value={until} onInput={setUntil} hint="Empty: now." error={fields["until"]} />
        <Select label="Send" value={only} options={SELECTIONS} onChange={(value) => setOnly(value as Selection)} error={fields["only"]} />
      </div>
      <p class="recover-says">{MEANINGS[only]}</p>
      <Problem error={isShownAtFields ? undefined : starting.error} />
      <button type="submit" disabled={starting.isBusy || from === undefined}>{starting.isBusy ? "Starting…" : "Recover"}</button>
      {isAsking && from && (
        <Confirm title="Send everything again?" action="Send everything again" onDo={start} onClose={() => setAsking(false)}>
          <p>Every delivery since {absolute(from)} is sent to {webhook.name} again, even those that arrived. This cannot be undone.</p>
        </Confirm>
      )}
    </form>
  );
}

function Presets({ failingSince, onPick }: { failingSince: string | null; onPick: (at: number) => void }) {
  const back = (hours: number) => () => onPick(Date.now() - hours * HOUR_MS);
  return (
    <div class="presets" role="group" aria-label="Period">
      <button type="button" class="small" onClick={back(1)}>Last hour</button>
      <button type="button" class="small" onClick={back(24)}>Last 24 hours</button>
      <button type="button" class="small" onClick={back(168)}>Last 7 days</button>
      {failingSince !== null && <button type="button" class="small" onClick={() => onPick(Date.parse(failingSince))}>Since it started to fail</button>}
    </div>
  );
}
