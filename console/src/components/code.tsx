// Text from other systems. It only becomes text nodes, never markup.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { bytes, pretty } from "../text/format.ts";
import { Copy } from "./basics.tsx";

const SHOWN_MAX = 100_000; // characters; browsers are slow with more

/** A body. JSON is indented unless `isRaw`. Long text is cut, but it is copied as a whole. `children` are next to the copy button. */
export function Code({ text, label, isRaw = false, children }: { text: string; label: string; isRaw?: boolean; children?: ComponentChildren }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isRaw ? text : pretty(text);
  const isCut = !isWhole && shown.length > SHOWN_MAX;
  return (
    <figure class="code-figure">
      <figcaption><span>{label}</span><span class="actions">{children}<Copy text={text} label={<>Copy<span class="visually-hidden"> {label.toLowerCase()}</span></>} /></span></figcaption>
      {shown === "" ? <p class="muted">empty</p> : <pre tabIndex={0} aria-label={label}><code>{isCut ? shown.slice(0, SHOWN_MAX) : shown}</code></pre>}
      {isCut && <p><button type="button" onClick={() => setWhole(true)}>Show all of {bytes(shown.length)}</button></p>}
    </figure>
  );
}
