// A curl command that sends the request of an attempt again, with the same method, URL, headers and bytes.
import type { HistoryRecord } from "../../api/types.ts";

type Sent = HistoryRecord["request"];

const MASK = "***"; // what the service stores instead of a value that may be a secret
const ARGUMENT_MAX = 100_000; // characters; Linux accepts 128 KiB in one argument
const EXPECTS_ABOVE = 1_000; // bytes; with a longer body, some versions of curl ask first
const WHOLE = /[[\]{}]/; // curl would expand these to several URLs

/** The command, for bash and zsh. */
export function curlOf(request: Sent): string {
  const isPiped = request.bodyEncoding === "base64" || request.body.includes("\0") || request.body.length > ARGUMENT_MAX;
  const command = [
    "curl",
    `--request ${request.method}`,
    ...(WHOLE.test(request.url) ? ["--globoff"] : []),
    ...(request.url.includes("/.") ? ["--path-as-is"] : []),
    ...headerLines(request).map((line) => `--header ${quoted(line)}`),
    isPiped ? "--data-binary @-" : `--data-raw ${quoted(request.body)}`,
    quoted(request.url),
  ].join(" \\\n  ");
  return isPiped ? `${piped(request)} | ${command}` : command;
}

/** The names of headers whose values are not in the history. */
export function maskedHeaders(request: Sent): string[] {
  return pairs(request).filter(([, value]) => value.includes(MASK)).map(([name]) => name);
}

/** One pair for each value of each header. */
export function pairs({ headers }: Pick<Sent, "headers">): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) => (Array.isArray(values) ? values : [values]).map((value): [string, string] => [name, value]));
}

function headerLines(request: Sent): string[] {
  const sent = pairs(request);
  const has = (header: string) => sent.some(([name]) => name.toLowerCase() === header);
  const unwanted = ["Accept", ...(request.body.length > EXPECTS_ABOVE ? ["Expect"] : []), "Content-Type", "User-Agent"].filter((name) => !has(name.toLowerCase()));
  // `name;` is an empty value, `name:` keeps curl from adding this header itself
  return [...sent.map(([name, value]) => (value === "" ? `${name};` : `${name}: ${value}`)), ...unwanted.map((name) => `${name}:`)];
}

/** A pipe has no length limit, and it can contain the byte 0. */
function piped({ body, bodyEncoding }: Sent): string {
  if (bodyEncoding === "base64") return `printf %s ${quoted(body)} | base64 --decode`;
  const [first = "", ...rest] = body.split("\0").map(quoted);
  return rest.length === 0 ? `printf %s ${first}` : `{ printf %s ${first}; ${rest.map((part) => `printf '\\0'; printf %s ${part};`).join(" ")} }`;
}

/** One word for the shell. Control characters are escaped, because terminals act on them. */
function quoted(text: string): string {
  if (!/[\x00-\x09\x0b-\x1f\x7f]/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${text.replace(/[\\'\x00-\x1f\x7f]/g, (each) => (each === "\\" || each === "'" ? `\\${each}` : `\\x${each.charCodeAt(0).toString(16).padStart(2, "0")}`))}'`;
}
