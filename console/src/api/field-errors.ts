// The errors of the API by the fields of a form. The form has a field for each member of the body.
import { asSentence } from "../text/format.ts";
import { ApiError } from "./client.ts";

/** What is wrong with a member or a part of it: for `groups`, an error of `groups.1` too. */
export function fieldError(error: unknown, member: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = Object.entries(error.fields).find(([path]) => isIn(path, member));
  if (found === undefined) return undefined;
  const [path, problem] = found;
  return path === member ? asSentence(problem) : `${placeIn(path.slice(member.length + 1))}: ${asSentence(problem)}`;
}

/** The error itself, if it is not about fields of the form. */
export function errorWithoutField(error: unknown, members: readonly string[]): unknown {
  if (!(error instanceof ApiError)) return error;
  const paths = Object.keys(error.fields);
  return paths.length > 0 && paths.every((path) => members.some((member) => isIn(path, member))) ? undefined : error;
}

const isIn = (path: string, member: string): boolean => path === member || path.startsWith(`${member}.`);

/** A path in a member, for people: “number 2”, “at properties.id”. */
function placeIn(path: string): string {
  return /^\d+$/.test(path) ? `Number ${Number(path) + 1}` : `At ${path}`;
}
