// All calls of the API. It sends the key, and turns failures into sentences for people.
import { currentKey, expire } from "../state/session.ts";
import { parsed } from "./json.ts";

const TIMEOUT_MS = 40_000; // the API responds within 29 s, or API Gateway does

/** The parts of a request. */
export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** An error of the API, or no response. `code` is the API's, or `unreachable`. `fields` has the problems by their paths in the body. */
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

/** The path that the API is mounted at. The page has it in an attribute. */
export const root = document.documentElement.dataset["root"] ?? "/";

/** Calls the API and returns the response's value. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const { value } = await request<T>(method, path, options);
  return value;
}

/** Calls the API and returns the value and the response. */
export async function request<T>(method: string, path: string, options: Options): Promise<{ value: T; response: Response }> {
  const response = await send(method, path, options);
  const text = await response.text().catch(() => "");
  if (response.status === 401) expire();
  if (!response.ok) throw errorOf(response.status, text);
  return { value: (text === "" ? null : parsed(text)) as T, response };
}

async function send(method: string, path: string, { query, body, headers, signal }: Options): Promise<Response> {
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
    if (signal?.aborted) throw error; // nobody is waiting for it
    const message = timeout.aborted
      ? `The service did not respond within ${TIMEOUT_MS / 1000} seconds. It may have done what you requested. Check before you try again.`
      : "The service cannot be reached. Check your connection and try again. What you entered is still here.";
    throw new ApiError(0, "unreachable", message);
  }
}

function queryOf(query: Options["query"]): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`;
}

function errorOf(status: number, text: string): ApiError {
  try {
    const { code, message, fields } = JSON.parse(text).error;
    if (typeof message === "string") return new ApiError(status, String(code), message, fields);
  } catch { /* not the service responded, but something in front of it */ }
  if (status === 413) return new ApiError(status, "too_large", "This is longer than the service accepts. Shorten it and try again.");
  if (status === 429) return new ApiError(status, "limit_reached", "Too many requests at the same time. Wait a moment and try again.");
  return new ApiError(status, "unavailable", `The service responded with status ${status} and no explanation. Try again in a moment.`);
}

/** The sentence that people see for an error. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : `This page has a bug: ${error instanceof Error ? error.message : String(error)}`;
}
