// A request as a command for a shell.
import type { Operation } from "./document.ts";

/** The command for an operation. The reader sets `$URL` and `$KEY`. */
export function curlOf(operation: Operation, body?: unknown): string {
  const lines = [`curl -sS ${operation.method === "GET" ? "" : `-X ${operation.method} `}"$URL${pathOf(operation)}"`];
  if (operation.needsKey) lines.push('-H "Authorization: Bearer $KEY"');
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d '${quoted(JSON.stringify(body, null, 2))}'`);
  return lines.join(" \\\n  ");
}

function pathOf({ path, parameters }: Operation): string {
  const example = (name: string): string => encodeURIComponent(String(parameters.find((each) => each.name === name)?.example ?? name.toUpperCase()));
  const query = parameters.filter((each) => each.in === "query" && each.required).map(({ name }) => `${name}=${example(name)}`);
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => example(name));
  return query.length === 0 ? filled : `${filled}?${query.join("&")}`;
}

/** Text for single quotes of a POSIX shell, which have no escapes. */
function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
