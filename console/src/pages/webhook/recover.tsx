// Asking for a span of time again.
import { useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { Recovery, Webhook } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { Select, TextField } from "../../components/form.tsx";
import { say } from "../../components/toasts.tsx";
import { useAction } from "../../state/loading.ts";
import { absolute } from "../../text/format.ts";
import { fromLocalInput, toLocalInput } from "../../text/times.ts";
import { HOUR_MS } from "./buckets.ts";
import { RecoveryProgress } from "./recovery-progress.tsx";

type Wanted = Recovery["only"];

const WANTED: readonly (readonly [Wanted, string])[] = [["failed", "what failed for good"], ["missing", "what never arrived, sent or not"], ["all", "everything, once more"]];
const WHAT_IT_DOES: Record<Wanted, string> = {
  failed: "Sends again what was tried, never with success, and is not going to be tried again by itself: the same bytes, under the same webhook-id.",
  missing: "Sends what the webhook wants, as it is set up today, and never got: also what happened while it was paused or before it was made. Notifications are kept for a few days only.",
  all: "Sends every delivery once more, also those that arrived. A receiver that does not go by webhook-id will do things twice.",
};

export function Recover({ webhook }: { webhook: Webhook }) {
  const place = `posthorn.recovery.${webhook.id}`; // the id alone: it is worthless without a key
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
          : <p class="muted">Sends a span of time again. The webhook has to be live for that: {webhook.status === "paused" ? "resume" : "enable"} it first.</p>}
    </section>
  );
}

function RecoverForm({ webhook, onStarted }: { webhook: Webhook; onStarted: (id: string) => void }) {
  const [since, setSince] = useState(() => toLocalInput(Date.now() - HOUR_MS));
  const [until, setUntil] = useState("");
  const [only, setOnly] = useState<Wanted>("failed");
  const [isAsking, setAsking] = useState(false);
  const start = async () => {
    const body = { since: fromLocalInput(since), until: fromLocalInput(until) ?? null, only };
    try {
      onStarted((await call<Recovery>("POST", `webhooks/${webhook.id}/recover`, { body })).id);
    } catch (error) {
      // A webhook has one recovery at a time: the one that runs is shown, and can be stopped there.
      const running = error instanceof ApiError && error.code === "recovery_running" ? error.fields["recoveryId"] : undefined;
      if (running === undefined) throw error;
      say("Another recovery of this webhook is running: this is how far it is.");
      onStarted(running);
    }
  };
  const starting = useAction(start);
  const fields = starting.error instanceof ApiError ? starting.error.fields : {};
  const isInPlace = "since" in fields || "until" in fields || "only" in fields;
  const from = fromLocalInput(since);
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (only === "all") setAsking(true); else void starting.run(); }}>
      <Presets failingSince={webhook.health.failingSince} onPick={(at) => { setSince(toLocalInput(at)); setUntil(""); }} />
      <div class="recover-fields">
        <TextField label="Since" type="datetime-local" value={since} onInput={setSince} required error={fields["since"]} />
        <TextField label="Until" type="datetime-local" value={until} onInput={setUntil} hint="Now, where it is left empty." error={fields["until"]} />
        <Select label="Send" value={only} options={WANTED} onChange={(value) => setOnly(value as Wanted)} error={fields["only"]} />
      </div>
      <p class="recover-says">{WHAT_IT_DOES[only]}</p>
      <Problem error={isInPlace ? undefined : starting.error} />
      <button type="submit" disabled={starting.isBusy || from === undefined}>{starting.isBusy ? "Starting…" : "Recover"}</button>
      {isAsking && from && (
        <Confirm title="Send everything once more?" action="Send it all again" onDo={start} onClose={() => setAsking(false)}>
          <p>Every delivery since {absolute(from)} is sent again to {webhook.name}, also those that arrived. What has been sent cannot be taken back.</p>
        </Confirm>
      )}
    </form>
  );
}

function Presets({ failingSince, onPick }: { failingSince: string | null; onPick: (at: number) => void }) {
  const back = (hours: number) => () => onPick(Date.now() - hours * HOUR_MS);
  return (
    <div class="presets" role="group" aria-label="Since when">
      <button type="button" class="small" onClick={back(1)}>Last hour</button>
      <button type="button" class="small" onClick={back(24)}>Last 24 hours</button>
      <button type="button" class="small" onClick={back(168)}>Last 7 days</button>
      {failingSince !== null && <button type="button" class="small" onClick={() => onPick(Date.parse(failingSince))}>Since it has been failing</button>}
    </div>
  );
}
