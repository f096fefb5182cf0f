// When the service retries.
import { Select, TextArea } from "../../components/form.tsx";
import { readSchedule, type Schedule, scheduleInWords } from "../../webhook/retry-schedule.ts";
import type { InputProps } from "./inputs.tsx";

const KINDS: readonly (readonly [Schedule["kind"], string])[] = [
  ["default", "The service’s default"],
  ["own", "A schedule of your own"],
  ["none", "No retries"],
];

export function ScheduleInput({ field, entered, error, change }: InputProps<Schedule>) {
  const isOwn = entered.kind === "own";
  return (
    <>
      <Select label={field.label} value={entered.kind} options={KINDS} onChange={(kind) => change({ ...entered, kind: kind as Schedule["kind"] })}
        error={isOwn ? undefined : error} hint={entered.kind === "default" ? "A few retries with growing waits, from seconds to hours." : undefined} />
      {isOwn && <TextArea label="Waits, one on each line" rows={5} value={entered.text} onInput={(text) => change({ ...entered, text })} error={error} hint={waitsHint(entered)} />}
    </>
  );
}

function waitsHint(schedule: Schedule): string {
  if (typeof readSchedule(schedule.text) === "string") return "For example 30s, 5m, 2h. Up to ten waits, each from a second to a day.";
  return `Retries ${scheduleInWords(schedule)}.`;
}
