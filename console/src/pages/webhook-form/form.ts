// What stands in the form, and how a webhook comes to stand there.
import type { Webhook } from "../../api/types.ts";
import { writtenSchedule } from "./waits.ts";

/** A secret that is there and never shown, until another is written over it. */
export interface Secret { isKept: boolean; text: string }

/** One header of the owner's own; `key` tells rows apart while their names change. */
export interface HeaderRow { key: number; name: string; value: Secret }

export type Way = "none" | "basic" | "bearer" | "oauth2";

/** The members of all ways to authenticate: changing one's mind back loses nothing. */
export interface Authentication {
  way: Way; username: string; password: Secret; token: Secret; tokenUrl: string; clientId: string; clientSecret: Secret; scope: string;
  clientAuthentication: string;
}

export type ScheduleKind = "default" | "none" | "own";

/** Everything as it was typed. */
export interface Form {
  url: string; name: string; isAll: boolean; types: string[]; isGlobal: boolean; actionType: "" | "triggered" | "received"; format: string;
  filter: string; transform: string; headers: HeaderRow[]; authentication: Authentication;
  timeoutSeconds: string; rateLimitPerSecond: string; retentionDays: string;
  schedule: { kind: ScheduleKind; text: string }; hasKeyPair: boolean;
}

export const ALL = "ALL_NOTIFICATIONS";
const UNWRITTEN: Secret = { isKept: false, text: "" };
/** How a client shows itself where nothing is said; the API shows any other way only. */
export const DEFAULT_CLIENT_AUTHENTICATION = "basic";
const NO_AUTHENTICATION: Authentication = {
  way: "none", username: "", password: UNWRITTEN, token: UNWRITTEN, tokenUrl: "", clientId: "", clientSecret: UNWRITTEN, scope: "",
  clientAuthentication: DEFAULT_CLIENT_AUTHENTICATION,
};

/** The form of a webhook that is to be made. */
export function blank(): Form {
  return {
    url: "", name: "", isAll: false, types: [], isGlobal: false, actionType: "", format: "slack", filter: "", transform: "",
    headers: [], authentication: NO_AUTHENTICATION, timeoutSeconds: "", rateLimitPerSecond: "", retentionDays: "",
    schedule: { kind: "default", text: "" }, hasKeyPair: false,
  };
}

/** The form of a webhook that is there. Addresses that are masked for whoever looks stay empty: empty keeps them. */
export function formOf(webhook: Webhook, isOwn: boolean): Form {
  return {
    url: isOwn ? webhook.url : "",
    name: webhook.name,
    isAll: webhook.notificationType.includes(ALL),
    types: webhook.notificationType.filter((each) => each !== ALL),
    isGlobal: webhook.global,
    actionType: webhook.actionType ?? "",
    format: webhook.format,
    filter: webhook.filter ?? "",
    transform: webhook.transform ?? "",
    headers: Object.keys(webhook.headers).map((name, key) => ({ key, name, value: { isKept: true, text: "" } })),
    authentication: authenticationOf(webhook.authentication, isOwn),
    timeoutSeconds: written(webhook.timeoutSeconds),
    rateLimitPerSecond: written(webhook.rateLimitPerSecond),
    retentionDays: written(webhook.retentionDays),
    schedule: scheduleOf(webhook.retrySchedule),
    hasKeyPair: webhook.publicKey !== null,
  };
}

/** A further row of headers, empty. */
export function withRow(rows: readonly HeaderRow[]): HeaderRow[] {
  return [...rows, { key: 1 + Math.max(-1, ...rows.map((row) => row.key)), name: "", value: UNWRITTEN }];
}

/** Whether two parts of forms hold the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function authenticationOf(shown: Webhook["authentication"], isOwn: boolean): Authentication {
  if (shown === null) return NO_AUTHENTICATION;
  const text = (name: string) => (typeof shown[name] === "string" ? shown[name] : "");
  const secret = (name: string): Secret => ({ isKept: shown[name] === true, text: "" });
  return {
    way: text("type") as Way, username: text("username"), password: secret("password"), token: secret("token"),
    tokenUrl: isOwn ? text("tokenUrl") : "", clientId: text("clientId"), clientSecret: secret("clientSecret"), scope: text("scope"),
    clientAuthentication: text("clientAuthentication") || DEFAULT_CLIENT_AUTHENTICATION,
  };
}

function scheduleOf(waits: readonly number[] | null): Form["schedule"] {
  if (waits === null) return { kind: "default", text: "" };
  return waits.length === 0 ? { kind: "none", text: "" } : { kind: "own", text: writtenSchedule(waits) };
}

function written(number: number | null): string {
  return number === null ? "" : String(number);
}
