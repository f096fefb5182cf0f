// The request and the response, side by side.
import type { ComponentChildren } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import type { HistoryRecord } from "../../api/types.ts";
import { Badge, Copy, Empty } from "../../components/basics.tsx";
import { Code } from "../../components/code.tsx";
import { bytes, duration, pretty } from "../../text/format.ts";
import { causeInWords } from "../../text/words.ts";
import { pairs } from "./curl.ts";

export function Exchange({ record }: { record: HistoryRecord }) {
  return <div class="two exchange"><Request record={record} /><Response record={record} /></div>;
}

function Request({ record }: { record: HistoryRecord }) {
  const { request, requestBytes, isExpunged } = record;
  const wasSent = isExpunged || Object.keys(request.headers).length > 0;
  return (
    <Side title="Request">
      <p class="status-line mono"><strong>{request.method}</strong> {request.url}</p>
      {wasSent ? <Content what="Request" message={request} size={requestBytes} isExpunged={isExpunged} /> : <Empty title="Nothing was sent"><p>The attempt failed before a request was made.</p></Empty>}
    </Side>
  );
}

function Response({ record }: { record: HistoryRecord }) {
  const { response, responseBytes, isExpunged, failureCause, durationMs } = record;
  if (response === null) return <Side title="Response"><Empty title={capitalised(failureCause === null ? "no response" : causeInWords(failureCause))}><p>There is no response.</p></Empty></Side>;
  const isGood = response.status >= 200 && response.status < 300;
  return (
    <Side title="Response">
      <p class="status-line"><Badge tone={isGood ? "good" : "bad"}>{response.status}</Badge> after {duration(durationMs)}</p>
      <Content what="Response" message={response} size={responseBytes} isExpunged={isExpunged} />
      {response.isTruncated && <p class="muted small-text">The response was longer. Only its beginning was read{responseBytes > 0 && ` (${bytes(responseBytes)})`}.</p>}
    </Side>
  );
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function Side({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  return <section class="card" aria-labelledby={id}><h2 id={id}>{title}</h2>{children}</section>;
}

interface Message { headers: HistoryRecord["request"]["headers"]; body: string; bodyEncoding?: "base64" | null }

function Content({ what, message, size, isExpunged }: { what: string; message: Message; size: number; isExpunged: boolean }) {
  if (isExpunged) return <Empty title="Expunged"><p>Its headers and its body of {bytes(size)} were deleted forever.</p></Empty>;
  return (
    <>
      <Headers what={what} message={message} />
      <Body label={`${what} body`} message={message} size={size} />
    </>
  );
}

function Headers({ what, message }: { what: string; message: Message }) {
  const id = useId();
  const all = pairs(message);
  if (all.length === 0) return <p class="muted">It had no headers.</p>;
  return (
    <figure class="code-figure header-figure">
      <figcaption><span id={id}>{what} headers</span><Copy text={all.map((each) => each.join(": ")).join("\n")} label={<>Copy<span class="visually-hidden"> {what.toLowerCase()} headers</span></>} /></figcaption>
      <table class="headers" aria-labelledby={id}>
        <colgroup><col class="header-names" /><col /></colgroup>
        <thead class="visually-hidden"><tr><th scope="col">Header</th><th scope="col">Value</th></tr></thead>
        <tbody>
          {all.map(([name, value], index) => (
            <tr key={index}><th scope="row" class="mono">{name}</th><td class="mono">{value}{value.includes("***") && <span class="muted"> (not stored)</span>}</td></tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** Always text to the browser, whatever type the receiver says it has. */
function Body({ label, message: { body, bodyEncoding }, size }: { label: string; message: Message; size: number }) {
  const [isRaw, setRaw] = useState(false);
  const isBinary = bodyEncoding === "base64";
  const canBePretty = useMemo(() => !isBinary && pretty(body) !== body, [body]);
  return (
    <>
      <Code text={body} label={label} isRaw={isRaw || isBinary}>
        {canBePretty && <button type="button" class="quiet small" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>Raw</button>}
      </Code>
      <p class="muted small-text">{isBinary ? `${bytes(size)} of binary data, shown in base64.` : body !== "" && bytes(size)}</p>
    </>
  );
}
