// Text from elsewhere, shown as text: it only ever becomes text nodes.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { bytes, pretty } from "../text/format.ts";
import { Copy } from "./basics.tsx";

const SHOWN_MAX = 100_000; // characters; more makes browsers slow

/** A body: pretty where it is JSON, as it was sent on demand, cut where it is long; what is copied is never cut. `children` stand beside the copying. */
export function Code({ text, label, isRaw = false, children }: { text: string; label: string; isRaw?: boolean; children?: ComponentChildren }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isRaw ? text : pretty(text);
  const cut = !isWhole && shown.length > SHOWN_MAX;
  return (
    <figure class="code-figure">
      <figcaption><span>{label}</span><span class="actions">{children}<Copy text={text} label={<>Copy<span class="visually-hidden"> {label.toLowerCase()}</span></>} /></span></figcaption>
      {shown === "" ? <p class="muted">empty</p> : <pre tabIndex={0} aria-label={label}><code>{cut ? shown.slice(0, SHOWN_MAX) : shown}</code></pre>}
      {cut && <p><button type="button" onClick={() => setWhole(true)}>Show all of {bytes(shown.length)}</button></p>}
    </figure>
  );
}
