// What pages are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../api/client.ts";
import { useEvery } from "../state/loading.ts";
import { absolute, relative } from "../text/format.ts";

/** A page's head: its one `h1`, which takes the focus so that a screen reader says where one is; and what can be done here. */
export function PageHead({ title, note, children }: { title: string; note?: ComponentChildren; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Posthorn`;
  }, [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  // A page that has loaded brings a head of its own: what had the focus may be gone with the head of the one that was loading.
  useEffect(() => { if (document.activeElement === document.body) heading.current?.focus(); }, []);
  return (
    <header class="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {note && <p class="muted">{note}</p>}
      </div>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}

/** A state in a word, with a dot of its colour; the word is what tells. */
export function Badge({ tone, children }: { tone: "good" | "bad" | "warn" | "plain"; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** A time as it is said, with the exact one behind it. */
export function Time({ at }: { at: string | null | undefined }) {
  const [now, setNow] = useState(Date.now());
  useEvery(10_000, () => setNow(Date.now()));
  useEffect(() => setNow(Date.now()), [at]);
  if (!at) return <span class="muted">never</span>;
  return <time dateTime={at} title={`${absolute(at)} (${at})`}>{relative(at, now)}</time>;
}

/** What went wrong, as an alert, with a way to try again where there is one. */
export function Problem({ error, retry, children }: { error: unknown; retry?: () => void; children?: ComponentChildren }) {
  if (error === undefined || error === null) return null;
  return (
    <div class="problem" role="alert">
      <p>{sentence(error)}{children && <> {children}</>}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

/** Something that is not an error, and that one should know. */
export function Note({ tone = "plain", children }: { tone?: "plain" | "warn" | "good"; children: ComponentChildren }) {
  return <div class={`note ${tone}`} role="status">{children}</div>;
}

/** There is nothing here yet, and what one can do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Stands where something is about to be. */
export function Loading({ lines = 3, what = "Loading" }: { lines?: number; what?: string }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{what}…</span>
      {Array.from({ length: lines }, (_, index) => <div class="skeleton" key={index} />)}
    </div>
  );
}

/** Copies a text, and says that it did; an address without TLS has no clipboard. */
export function Copy({ text, label = "Copy", kind = "quiet small", onCopied }: { text: string; label?: ComponentChildren; kind?: string; onCopied?: () => void }) {
  const [said, setSaid] = useState<string | null>(null);
  const write = async () => navigator.clipboard.writeText(text);
  const copy = () => write().then(() => { setSaid("Copied"); onCopied?.(); }, () => setSaid("Not allowed here"));
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  return <button type="button" class={kind} onClick={copy}><span aria-live="polite">{said ?? label}</span></button>;
}

/** Names and values. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
