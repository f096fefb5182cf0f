import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { HistoryRecord } from "../../api/types.ts";
import { curlOf, maskedHeaders } from "./curl.ts";

type Sent = HistoryRecord["request"];

const run = promisify(execFile);
const hasCurl = await run("curl", ["--version"]).then(() => true, () => false);
const received: { request: IncomingMessage; body: Buffer }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => { received.push({ request, body: Buffer.concat(chunks) }); response.end(); });
});
before(() => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)));
after(() => server.close());

const HEADERS = { "content-type": "application/json", "user-agent": "Posthorn/1", "webhook-id": "msg_1" };

function sent(given: Partial<Sent>): Sent {
  const { port } = server.address() as AddressInfo;
  return { method: "POST", url: `http://127.0.0.1:${port}/hook`, headers: HEADERS, body: "{}", ...given };
}

/** Runs the command in bash, without a ~/.curlrc, and returns the request that arrives. */
async function ran(request: Sent): Promise<{ request: IncomingMessage; body: Buffer }> {
  received.length = 0;
  const child = run("bash", ["-c", 'eval "$(cat)"'], { env: { ...process.env, CURL_HOME: "/nonexistent", HOME: "/nonexistent", no_proxy: "*" } });
  child.child.stdin?.end(curlOf(request));
  await child;
  assert.equal(received.length, 1);
  return received[0] as { request: IncomingMessage; body: Buffer };
}

const BODIES: Record<string, string> = {
  "JSON with quotes of both kinds": `{"text":"Steve O'Hara's \\"test\\" \`id\` $HOME $(id) !! \\\\"}`,
  "several lines, with one at the end": "a\n\n'b'\n",
  "carriage returns, tabs and escapes": "a\r\n\tb\u001b[31m'\\n'\u007f",
  "what curl would read as a file": "@/etc/passwd",
  "letters of the world": "Grüße, 世界, 🎺, \u2028",
  "the byte 0": "a\0'b'\0",
  "nothing": "",
  "more than an argument holds": `${"x".repeat(200_000)}'`,
  "more than curl sends without asking": "y".repeat(5_000),
};

for (const [name, body] of Object.entries(BODIES)) {
  test(`the command sends the same bytes: ${name}`, { skip: !hasCurl && "there is no curl" }, async () => {
    assert.deepEqual((await ran(sent({ body }))).body, Buffer.from(body));
  });
}

test("a binary body is sent as its bytes", { skip: !hasCurl && "there is no curl" }, async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const { body } = await ran(sent({ body: bytes.toString("base64"), bodyEncoding: "base64" }));
  assert.deepEqual(body, bytes);
});

test("the command sends these headers, and no headers that curl adds", { skip: !hasCurl && "there is no curl" }, async () => {
  const headers = { ...HEADERS, "x-quote": "it's \"so\"; $HOME", "x-empty": "", "x-several": ["one", "two"] };
  const { request } = await ran(sent({ headers, body: "z".repeat(5_000) }));
  assert.deepEqual({ ...request.headersDistinct }, {
    "content-type": ["application/json"], "user-agent": ["Posthorn/1"], "webhook-id": ["msg_1"],
    "x-quote": ["it's \"so\"; $HOME"], "x-empty": [""], "x-several": ["one", "two"],
    host: [new URL(sent({}).url).host], "content-length": ["5000"],
  });
});

test("the URL stays the same", { skip: !hasCurl && "there is no curl" }, async () => {
  const { request } = await ran(sent({ url: `${sent({}).url}/a/../b?ids[]={1,2}&q='x'$(id)&t=%20` }));
  assert.equal(request.url, "/hook/a/../b?ids[]={1,2}&q='x'$(id)&t=%20");
  assert.equal(request.method, "POST");
});

test("the command is readable", () => {
  const request: Sent = { method: "POST", url: "https://example.com/hook", headers: { "content-type": "application/json", "user-agent": "Posthorn/1" }, body: '{"text":"it\'s"}' };
  assert.equal(curlOf(request), [
    "curl \\", "  --request POST \\", "  --header 'content-type: application/json' \\", "  --header 'user-agent: Posthorn/1' \\", "  --header 'Accept:' \\",
    "  --data-raw '{\"text\":\"it'\\''s\"}' \\", "  'https://example.com/hook'",
  ].join("\n"));
});

test("headers whose values are not stored are named", () => {
  assert.deepEqual(maskedHeaders(sent({ headers: { ...HEADERS, authorization: "Bearer ***", "x-api-key": "***" } })), ["authorization", "x-api-key"]);
});
