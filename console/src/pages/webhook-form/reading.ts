// From the form to the wire: each member as the API takes it, or a sentence that says what is wrong with it.
import type { WebhookDraft, WebhookPatch } from "../../api/types.ts";
import { ALL, type Authentication, DEFAULT_CLIENT_AUTHENTICATION, type Form, type HeaderRow, isSame, type Secret } from "./form.ts";
import type { FieldErrors } from "./errors.ts";
import { readSchedule } from "./waits.ts";

/** The members that could be read; `null` means the service's default. */
export type Values = Partial<{ -readonly [name in keyof WebhookDraft]: WebhookDraft[name] }>;
export interface Reading { values: Values; errors: FieldErrors }

interface Bounds { from: number; to: number; isWhole?: boolean; unit: string }
const TIMEOUT: Bounds = { from: 1, to: 30, unit: "seconds" };
const RATE: Bounds = { from: 0.001, to: 1_000, unit: "attempts a second" };
const RETENTION: Bounds = { from: 1, to: 90, isWhole: true, unit: "days" };
const EXPRESSION_CHARACTERS_MAX = 1_000;
const TYPES_MAX = 200;
const REQUIRED = "This is needed.";

/** Read all of it. With `base`, the form as it was loaded: what may stay empty there, because it is kept, may stay so. */
export function read(form: Form, base: Form | null = null): Reading {
  const errors: FieldErrors = {};
  const values: Values = { global: form.isGlobal, actionType: form.actionType === "" ? null : form.actionType, asymmetricSignature: form.hasKeyPair };
  const take = <Name extends keyof Values>(name: Name, read: Values[Name] | Wrong) => {
    if (read instanceof Wrong) Object.assign(errors, read.under(name));
    else values[name] = read;
  };
  values.format = form.format as NonNullable<Values["format"]>;
  take("url", form.url.trim() === "" && (base === null || base.url !== "") ? new Wrong("Write where to send, as in https://example.com/hooks.") : form.url.trim());
  take("name", readName(form.name.trim()));
  take("notificationType", readTypes(form));
  take("filter", readExpression(form.filter));
  take("transform", readExpression(form.transform));
  take("headers", readHeaders(form.headers));
  const isAsBefore = base !== null && isSame(base.authentication, form.authentication);
  take("authentication", readAuthentication(form.authentication, isAsBefore));
  take("timeoutSeconds", readNumber(form.timeoutSeconds, TIMEOUT));
  take("rateLimitPerSecond", readNumber(form.rateLimitPerSecond, RATE));
  take("retentionDays", readNumber(form.retentionDays, RETENTION));
  take("retrySchedule", readWaits(form.schedule));
  return { values, errors };
}

/** What `POST /webhooks` takes: what is at its default is left out. */
export function draftOf(values: Values): WebhookDraft {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== false)) as unknown as WebhookDraft;
}

/** The members that a `PATCH` has to carry. */
export function patchOf(before: Values, after: Values): WebhookPatch {
  const { global: _global, asymmetricSignature: _signature, ...members } = after; // these are chosen once, when it is made
  return Object.fromEntries(Object.entries(members).filter(([name, value]) => !isSame(value, before[name as keyof Values])));
}

class Wrong {
  readonly problems: FieldErrors;

  constructor(problems: string | FieldErrors) {
    this.problems = typeof problems === "string" ? { "": problems } : problems;
  }

  under(name: string): FieldErrors {
    return Object.fromEntries(Object.entries(this.problems).map(([member, problem]) => [member === "" ? name : `${name}.${member}`, problem]));
  }
}

function readName(name: string): string | Wrong {
  if (name === "") return new Wrong("Give it a name by which you will know it again.");
  return name.length > 200 ? new Wrong(`The name has ${name.length} characters; 200 are the most.`) : name;
}

function readTypes({ isAll, types }: Form): string[] | Wrong {
  if (isAll) return [ALL];
  if (types.length === 0) return new Wrong("Choose at least one, or all notifications.");
  return types.length > TYPES_MAX ? new Wrong(`${types.length} are chosen; ${TYPES_MAX} are the most. Use a beginning with *, or all notifications.`) : types;
}

function readExpression(text: string): string | null | Wrong {
  if (text.trim() === "") return null;
  if (text.length <= EXPRESSION_CHARACTERS_MAX) return text;
  return new Wrong(`It has ${text.length.toLocaleString("en")} characters; ${EXPRESSION_CHARACTERS_MAX.toLocaleString("en")} are the most.`);
}

function readNumber(text: string, { from, to, isWhole = false, unit }: Bounds): number | null | Wrong {
  if (text.trim() === "") return null;
  const number = Number(text.trim().replace(",", "."));
  if (number >= from && number <= to && (!isWhole || Number.isInteger(number))) return number;
  return new Wrong(`Write a ${isWhole ? "whole " : ""}number of ${unit} from ${from} to ${to.toLocaleString("en")}, or nothing for the default.`);
}

function readWaits({ kind, text }: Form["schedule"]): number[] | null | Wrong {
  if (kind !== "own") return kind === "none" ? [] : null;
  const waits = readSchedule(text);
  return typeof waits === "string" ? new Wrong(waits) : waits;
}

function readSecret(secret: Secret): string | true {
  return secret.isKept ? true : secret.text;
}

function readHeaders(rows: readonly HeaderRow[]): Record<string, string | true> | null | Wrong {
  const wrong: FieldErrors = {};
  const headers: Record<string, string | true> = {};
  for (const { key, name, value } of rows) {
    const folded = name.trim().toLowerCase();
    if (folded === "" && !value.isKept && value.text === "") continue; // a row that nobody has begun
    if (folded === "") wrong[`#${key}`] = "This header needs a name.";
    else if (folded in headers) wrong[`#${key}`] = `${name.trim()} stands here twice; upper and lower case are the same.`;
    else if (readSecret(value) === "") wrong[`#${key}`] = "Write its value.";
    headers[folded] = readSecret(value);
  }
  if (Object.keys(wrong).length > 0) return new Wrong(wrong);
  return Object.keys(headers).length === 0 ? null : headers;
}

function readAuthentication(given: Authentication, isAsBefore: boolean): Values["authentication"] | Wrong {
  if (given.way === "none") return null;
  const members = membersOf(given);
  const missing = Object.entries(members).filter(([, value]) => value === "").map(([name]) => [name, REQUIRED]);
  if (missing.length > 0 && !isAsBefore) return new Wrong(Object.fromEntries(missing));
  return { type: given.way, ...members, ...optionalOf(given) } as Values["authentication"];
}

function optionalOf(given: Authentication): Record<string, string> {
  if (given.way !== "oauth2") return {};
  const scope = given.scope.trim();
  const isDefault = given.clientAuthentication === DEFAULT_CLIENT_AUTHENTICATION;
  return { ...(scope === "" ? {} : { scope }), ...(isDefault ? {} : { clientAuthentication: given.clientAuthentication }) };
}

function membersOf(given: Authentication): Record<string, string | true> {
  if (given.way === "basic") return { username: given.username, password: readSecret(given.password) };
  if (given.way === "bearer") return { token: readSecret(given.token) };
  return { tokenUrl: given.tokenUrl.trim(), clientId: given.clientId, clientSecret: readSecret(given.clientSecret) };
}
