// The one place that speaks HTTP: it sends the key, and turns whatever goes wrong into a sentence and a place.
import { currentKey, expire } from "../state/session.ts";
import { parsed } from "./json.ts";

const TIMEOUT_MS = 40_000; // the API answers within 29 s, or API Gateway does for it

/** What a request may carry. */
export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A refusal, or no answer at all. `code` is the API's own, or `unreachable`; `fields` leads to places in the body. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(status: number, code: string, message: string, fields: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** The path that the API is mounted at, as the page was told it. */
export const root = document.documentElement.dataset["root"] ?? "/";

/** Calls the API and returns the response's value. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const { value } = await request<T>(method, path, options);
  return value;
}

/** Calls the API and returns the value and the response. */
export async function request<T>(method: string, path: string, options: Options): Promise<{ value: T; response: Response }> {
  const response = await reach(method, path, options);
  const text = await response.text().catch(() => "");
  if (response.status === 401) expire();
  if (!response.ok) throw refusal(response.status, text);
  return { value: (text === "" ? null : parsed(text)) as T, response };
}

async function reach(method: string, path: string, { query, body, headers, signal }: Options): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const request: RequestInit = {
    method,
    headers: { Authorization: `Bearer ${currentKey() ?? ""}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
  };
  if (body !== undefined) request.body = typeof body === "string" ? body : JSON.stringify(body);
  try {
    return await fetch(root + path.replace(/^\//, "") + queryOf(query), request);
  } catch (error) {
    if (signal?.aborted) throw error; // nobody waits for it any more
    const message = timeout.aborted
      ? `The service did not answer within ${TIMEOUT_MS / 1000} seconds. It may have done what you asked; look before you repeat it.`
      : "The service cannot be reached. Check your connection and try again; what you have entered is still here.";
    throw new ApiError(0, "unreachable", message);
  }
}

function queryOf(query: Options["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function refusal(status: number, text: string): ApiError {
  try {
    const { code, message, fields } = JSON.parse(text).error;
    if (typeof message === "string") return new ApiError(status, String(code), message, fields);
  } catch { /* it is not the service that answered, but something before it */ }
  if (status === 413) return new ApiError(status, "too_large", "This is longer than the service takes. Shorten it and try again.");
  if (status === 429) return new ApiError(status, "limit_reached", "Too many requests at once. Wait a moment and try again.");
  return new ApiError(status, "unavailable", `The service answered with status ${status} and no explanation. Try again in a moment.`);
}

/** An error of any kind as the sentence that people are shown. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : `Something in this page went wrong: ${error instanceof Error ? error.message : String(error)}`;
}
