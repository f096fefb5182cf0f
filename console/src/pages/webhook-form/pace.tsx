// How often, how long, how fast: what the service decides unless the owner does.
import { Checkbox, Select, TextArea, TextField } from "../../components/form.tsx";
import { duration } from "../../text/format.ts";
import type { Draft } from "./use-draft.ts";
import type { ScheduleKind } from "./form.ts";
import { readSchedule } from "./waits.ts";

const KINDS: readonly (readonly [ScheduleKind, string])[] = [
  ["default", "As the service does it"],
  ["own", "After waits of my own"],
  ["none", "Never try again"],
];

export function Pace({ draft: { form, errors, change } }: { draft: Draft }) {
  const { schedule } = form;
  return (
    <>
      <Select label="When an attempt fails, try again" value={schedule.kind} options={KINDS} onChange={(kind) => change({ schedule: { ...schedule, kind: kind as ScheduleKind } })}
        error={schedule.kind === "own" ? undefined : errors["retrySchedule"]} hint={schedule.kind === "default" ? "A few times, with growing waits: seconds first, hours in the end." : undefined} />
      {schedule.kind === "own" && (
        <TextArea label="Waits, one to a line" rows={5} value={schedule.text} onInput={(text) => change({ schedule: { ...schedule, text } })} error={errors["retrySchedule"]} hint={waitsTold(schedule.text)} />
      )}
      <div class="pair">
        <TextField label="Timeout, in seconds" inputMode="decimal" value={form.timeoutSeconds} onInput={(timeoutSeconds) => change({ timeoutSeconds })} error={errors["timeoutSeconds"]} hint="1 to 30, for a whole attempt. Empty: the service’s." />
        <TextField label="Attempts a second, at most" inputMode="decimal" value={form.rateLimitPerSecond} onInput={(rateLimitPerSecond) => change({ rateLimitPerSecond })} error={errors["rateLimitPerSecond"]} hint="Slack takes 1. Empty: no limit." />
      </div>
      <TextField label="Days in the history" inputMode="numeric" value={form.retentionDays} onInput={(retentionDays) => change({ retentionDays })} error={errors["retentionDays"]} hint="1 to 90, for records from now on. Empty: the service’s." />
    </>
  );
}

export function KeyPair({ draft: { form, base, change } }: { draft: Draft }) {
  if (base !== null) {
    return <p class="muted">{form.hasKeyPair ? "Requests carry an ed25519 signature (v1a) beside the usual one." : "Requests carry the usual signature (HMAC)."} That was chosen when the webhook was made.</p>;
  }
  return (
    <Checkbox label="Sign with a key pair too" checked={form.hasKeyPair} onChange={(hasKeyPair) => change({ hasKeyPair })}
      hint="An ed25519 signature (v1a) beside the usual one: whoever has its public key can verify requests, and cannot make them. It cannot be changed later." />
  );
}

function waitsTold(text: string): string {
  const waits = readSchedule(text);
  if (text.trim() === "" || typeof waits === "string") return "As in 30s, 5m, 2h; up to ten, each from a second to a day.";
  return `Tried again after ${waits.map((seconds) => duration(seconds * 1_000).replace(".0 s", " s")).join(", then ")}.`;
}
