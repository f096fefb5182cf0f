// From what the API found wrong to the fields of a form that has a field for each member of the body.
import { asSentence } from "../text/format.ts";
import { ApiError } from "./client.ts";

/** What is wrong with a member, or with something in it: `groups` is told of `groups.1` too. */
export function wrongWith(error: unknown, member: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = Object.entries(error.fields).find(([path]) => isIn(path, member));
  if (found === undefined) return undefined;
  const [path, problem] = found;
  return path === member ? asSentence(problem) : `${placeIn(path.slice(member.length + 1))}: ${asSentence(problem)}`;
}

/** The error itself, where it is about something that has no field in the form. */
export function wrongElsewhere(error: unknown, members: readonly string[]): unknown {
  if (!(error instanceof ApiError)) return error;
  const paths = Object.keys(error.fields);
  return paths.length > 0 && paths.every((path) => members.some((member) => isIn(path, member))) ? undefined : error;
}

const isIn = (path: string, member: string): boolean => path === member || path.startsWith(`${member}.`);

/** A place in a member as people count: “number 2”, “at properties.id”. */
function placeIn(path: string): string {
  return /^\d+$/.test(path) ? `Number ${Number(path) + 1}` : `At ${path}`;
}
