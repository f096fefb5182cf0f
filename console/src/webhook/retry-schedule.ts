// The retry schedule: the waits between attempts, as people write them: “30”, “5m”, “2 h”, one on each line or separated by commas.
import { duration } from "../text/format.ts";
import { Wrong } from "./field.ts";

/** The service's default, no retries, or waits of the owner's own. The text stays while another kind is chosen. */
export interface Schedule { kind: "default" | "none" | "own"; text: string }

export const NO_SCHEDULE: Schedule = { kind: "default", text: "" };

const WAITS_MAX = 10;
const WAIT_MAX_S = 86_400;
const WAIT = /^(\d{1,9})\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?$/i;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

export function scheduleFromApi(waits: readonly number[] | null): Schedule {
  if (waits === null) return NO_SCHEDULE;
  return waits.length === 0 ? { kind: "none", text: "" } : { kind: "own", text: writtenSchedule(waits) };
}

export function scheduleToApi({ kind, text }: Schedule): number[] | null | Wrong {
  if (kind !== "own") return kind === "none" ? [] : null;
  const waits = readSchedule(text);
  return typeof waits === "string" ? new Wrong(waits) : waits;
}

/** “after 5 s, 5 min, 30 min”. */
export function scheduleInWords({ kind, text }: Schedule): string {
  if (kind !== "own") return kind === "none" ? "no retries" : "";
  const waits = readSchedule(text);
  return typeof waits === "string" ? text.replaceAll("\n", ", ") : `after ${waits.map(waitInWords).join(", ")}`;
}

/** “5 s”, “5 min”, “2 h”, “90 min”: exact, since somebody chose it. */
export function waitInWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : seconds < 60 ? duration(seconds * 1_000).replace(".0", "") : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The waits in seconds, or a sentence that says what is wrong. */
export function readSchedule(text: string): number[] | string {
  const waits = text.split(/[\n,;]/).map((each) => each.trim()).filter((each) => each !== "");
  if (waits.length === 0) return "Enter at least one wait, for example 30s, or choose “No retries”.";
  if (waits.length > WAITS_MAX) return `There are ${waits.length} waits. At most ${WAITS_MAX} are allowed.`;
  const seconds = waits.map(readWait);
  const wrong = seconds.findIndex((each) => each === null);
  if (wrong === -1) return seconds as number[];
  return `“${waits[wrong]?.slice(0, 40)}” is not a wait between 1 second and a day. Enter 30s, 5m or 2h.`;
}

/** The waits as `readSchedule` reads them, one on each line, in the largest unit that leaves no remainder. */
export function writtenSchedule(waits: readonly number[]): string {
  return waits.map(writtenWait).join("\n");
}

function readWait(text: string): number | null {
  const [, number = "", unit = "s"] = WAIT.exec(text) ?? [];
  if (number === "") return null;
  const seconds = Number(number) * (SECONDS[unit.charAt(0).toLowerCase()] ?? 1);
  return seconds >= 1 && seconds <= WAIT_MAX_S ? seconds : null;
}

function writtenWait(seconds: number): string {
  const [unit, size] = Object.entries(SECONDS).reverse().find(([, each]) => each < WAIT_MAX_S && seconds % each === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}
