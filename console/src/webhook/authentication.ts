// How requests authenticate.
import type { Webhook, WebhookDraft } from "../api/types.ts";
import { Wrong } from "./field.ts";
import { isSame } from "./same.ts";
import { NO_SECRET, type Secret, sentSecret } from "./secret.ts";

type Sent = NonNullable<WebhookDraft["authentication"]>;
type Method = "none" | Sent["type"];
type ClientAuthentication = NonNullable<Sent["clientAuthentication"]>;

/** The members of all methods: a person who changes the method and changes it back loses nothing. */
export interface Authentication {
  method: Method; username: string; password: Secret; token: Secret; tokenUrl: string; clientId: string; clientSecret: Secret; scope: string;
  clientAuthentication: string;
}

export const METHODS: Readonly<Record<Method, string>> = {
  none: "None, only the signature",
  basic: "Basic: user name and password",
  bearer: "Bearer token",
  oauth2: "OAuth 2 client credentials",
};

export const CLIENT_AUTHENTICATIONS: Readonly<Record<ClientAuthentication, string>> = {
  basic: "In the header, form-encoded (the standard)",
  basicRaw: "In the header, not encoded",
  body: "In the body",
};

/** The API returns any other one only. */
const DEFAULT_CLIENT_AUTHENTICATION: ClientAuthentication = "basic";

export const NO_AUTHENTICATION: Authentication = {
  method: "none", username: "", password: NO_SECRET, token: NO_SECRET, tokenUrl: "", clientId: "", clientSecret: NO_SECRET, scope: "",
  clientAuthentication: DEFAULT_CLIENT_AUTHENTICATION,
};

/** The token URL is masked for all but the owner. Then it is left empty, which keeps it. */
export function authenticationFromApi(returned: Webhook["authentication"], isOwn: boolean): Authentication {
  if (returned === null) return NO_AUTHENTICATION;
  const text = (name: string) => (typeof returned[name] === "string" ? returned[name] : "");
  const secret = (name: string): Secret => ({ isKept: returned[name] === true, text: "" });
  return {
    method: text("type") as Method, username: text("username"), password: secret("password"), token: secret("token"),
    tokenUrl: isOwn ? text("tokenUrl") : "", clientId: text("clientId"), clientSecret: secret("clientSecret"), scope: text("scope"),
    clientAuthentication: text("clientAuthentication") || DEFAULT_CLIENT_AUTHENTICATION,
  };
}

export function authenticationToApi(entered: Authentication, before: Authentication | null): Sent | null | Wrong {
  if (entered.method === "none") return null;
  const required = requiredMembers(entered);
  const missing = Object.entries(required).filter(([, value]) => value === "").map(([name]) => [name, "This is required."]);
  if (missing.length > 0 && !isSame(before, entered)) return new Wrong(Object.fromEntries(missing));
  return { type: entered.method, ...required, ...optionalMembers(entered) };
}

function requiredMembers(entered: Authentication): Partial<Sent> {
  if (entered.method === "basic") return { username: entered.username, password: sentSecret(entered.password) };
  if (entered.method === "bearer") return { token: sentSecret(entered.token) };
  return { tokenUrl: entered.tokenUrl.trim(), clientId: entered.clientId, clientSecret: sentSecret(entered.clientSecret) };
}

function optionalMembers({ method, scope, clientAuthentication }: Authentication): Partial<Sent> {
  if (method !== "oauth2") return {};
  const isDefault = clientAuthentication === DEFAULT_CLIENT_AUTHENTICATION;
  return { ...(scope.trim() === "" ? {} : { scope: scope.trim() }), ...(isDefault ? {} : { clientAuthentication: clientAuthentication as ClientAuthentication }) };
}
