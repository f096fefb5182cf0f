// The waits between attempts, as people write them: “30”, “5m”, “2 h”, on a line each or with commas.

export const WAITS_MAX = 10;
const WAIT_MAX_S = 86_400;
const WAIT = /^(\d{1,9})\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?$/i;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The seconds that were written, or what is wrong with them as a sentence. */
export function readSchedule(text: string): number[] | string {
  const waits = text.split(/[\n,;]/).map((each) => each.trim()).filter((each) => each !== "");
  if (waits.length === 0) return "Write at least one wait, as in 30s, or choose that nothing is tried again.";
  if (waits.length > WAITS_MAX) return `There are ${waits.length} waits; ${WAITS_MAX} are the most.`;
  const seconds = waits.map(readWait);
  const wrong = seconds.findIndex((each) => each === null);
  if (wrong === -1) return seconds as number[];
  return `“${waits[wrong]?.slice(0, 40)}” is no wait between 1 second and a day. Write 30s, 5m or 2h.`;
}

/** The waits as `readSchedule` reads them, a line each, in the largest unit that leaves no rest. */
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
