// Values for people.

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
const ABSOLUTE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** “3 minutes ago”, “in 2 hours”; “now” within two seconds. */
export function relative(at: string | number | Date, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  if (Math.abs(seconds) < 2) return "now";
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** “24 Nov 2026, 04:05:06”, in the reader's own time zone. */
export function absolute(at: string | number | Date): string {
  return ABSOLUTE.format(new Date(at));
}

/** “85 ms”, “1.2 s”, “3 min”. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** “412 B”, “3.1 kB”, “2.0 MB”. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** “1,204”. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** “1 webhook”, “3 webhooks”. */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${count(number)} ${number === 1 ? noun : plural}`;
}

/** A fragment of the API (“it ends too early, at character 2”) as a sentence. */
export function asSentence(problem: string): string {
  const capitalized = problem.charAt(0).toUpperCase() + problem.slice(1);
  return /[.!?…]$/.test(capitalized) ? capitalized : `${capitalized}.`;
}

/** Indents JSON; other text stays the same. Numbers and the order of keys do not change. */
export function pretty(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return indented(text);
}

/** Indents JSON without parsing its values, so that `1.0` and 20-digit numbers stay the same. */
function indented(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  let result = "";
  tokens.forEach((token, index) => {
    const line = () => `\n${"  ".repeat(depth)}`;
    if (token === "{" || token === "[") {
      const isEmpty = tokens[index + 1] === (token === "{" ? "}" : "]");
      result += token;
      if (!isEmpty) { depth += 1; result += line(); }
    } else if (token === "}" || token === "]") {
      if (tokens[index - 1] !== (token === "}" ? "{" : "[")) { depth -= 1; result += line(); }
      result += token;
    } else if (token === ",") result += token + line();
    else result += token === ":" ? ": " : token;
  });
  return result;
}
