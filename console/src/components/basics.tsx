// The small parts of all pages.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../api/client.ts";
import { useEvery } from "../state/loading.ts";
import { absolute, relative } from "../text/format.ts";

/** A page's title and its actions. The `h1` is focused, so that a screen reader says which page it is. */
export function PageHead({ title, note, children }: { title: string; note?: ComponentChildren; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Posthorn`;
  }, [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  // A loaded page replaces the head of the loading one. If the focused element was in it, focus the new title.
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

/** A state in a word. Its colour only repeats the word. */
export function Badge({ tone, children }: { tone: "good" | "bad" | "warn" | "plain"; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** A relative time, with the exact one in its tooltip. */
export function Time({ at }: { at: string | null | undefined }) {
  const [now, setNow] = useState(Date.now());
  useEvery(10_000, () => setNow(Date.now()));
  useEffect(() => setNow(Date.now()), [at]);
  if (!at) return <span class="muted">never</span>;
  return <time dateTime={at} title={`${absolute(at)} (${at})`}>{relative(at, now)}</time>;
}

/** An error as an alert. With `retry` it has a button that tries again. */
export function Problem({ error, retry, children }: { error: unknown; retry?: () => void; children?: ComponentChildren }) {
  if (error === undefined || error === null) return null;
  return (
    <div class="problem" role="alert">
      <p>{sentence(error)}{children && <> {children}</>}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

/** Information that is not an error. */
export function Note({ tone = "plain", children }: { tone?: "plain" | "warn" | "good"; children: ComponentChildren }) {
  return <div class={`note ${tone}`} role="status">{children}</div>;
}

/** Says that a list is empty, and what to do. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** A placeholder while something loads. */
export function Loading({ lines = 3, what = "Loading" }: { lines?: number; what?: string }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{what}…</span>
      {Array.from({ length: lines }, (_, index) => <div class="skeleton" key={index} />)}
    </div>
  );
}

/** Copies a text. Pages without TLS have no clipboard. */
export function Copy({ text, label = "Copy", kind = "quiet small", onCopied }: { text: string; label?: ComponentChildren; kind?: string; onCopied?: () => void }) {
  const [result, setResult] = useState<string | null>(null);
  const write = async () => navigator.clipboard.writeText(text);
  const copy = () => write().then(() => { setResult("Copied"); onCopied?.(); }, () => setResult("Not allowed"));
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), 2_000);
    return () => clearTimeout(timer);
  }, [result]);
  return <button type="button" class={kind} onClick={copy}><span aria-live="polite">{result ?? label}</span></button>;
}

/** A list of names and values. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
