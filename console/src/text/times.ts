// Times as in `datetime-local` inputs: in the reader's time zone, to the minute.

const pad = (number: number): string => String(number).padStart(2, "0");

/** “2026-11-24T04:05”, for an input. */
export function toLocalInput(at: string | number | Date): string {
  const local = new Date(at);
  return `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())}T${pad(local.getHours())}:${pad(local.getMinutes())}`;
}

/** The time in an input, for the API; `undefined` if there is none. */
export function fromLocalInput(text: string): string | undefined {
  const moment = new Date(text);
  return text === "" || Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** “04:05”. */
export const clock = (at: number): string => CLOCK.format(at);

/** “24 Nov”. */
export const day = (at: number): string => DAY.format(at);
