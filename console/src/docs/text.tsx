// Renders a description. It only becomes text nodes and links.
import { paragraphs, type Span } from "./markdown.ts";

/** The paragraphs of a text with a little Markdown. */
export function Text({ text, class: name }: { text: string; class?: string }) {
  return <>{paragraphs(text).map((spans, index) => <p key={index} class={name}>{spans.map(drawn)}</p>)}</>;
}

/** The same in one line. */
export function Inline({ text }: { text: string }) {
  return <>{paragraphs(text).flat().map(drawn)}</>;
}

function drawn(span: Span, index: number) {
  if (span.kind === "link") return <a key={index} href={span.target} rel="noreferrer">{span.text}</a>;
  if (span.kind === "text") return span.text;
  const Element = span.kind;
  return <Element key={index}>{span.text}</Element>;
}
