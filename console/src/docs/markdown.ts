// Parses the Markdown that descriptions use: paragraphs of text, code, emphasis and links.

export type Span = { kind: "text" | "code" | "strong" | "em"; text: string } | { kind: "link"; text: string; target: string };

const SPAN = /``([^`]+)``|`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^()\s]+)\)/g;

/** The paragraphs of a text, each as spans. Other Markdown stays text. */
export function paragraphs(text: string): Span[][] {
  return text.split(/\n\s*\n/).map((each) => each.trim().replace(/\s*\n\s*/g, " ")).filter(Boolean).map(spans);
}

function spans(text: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) });
    found.push(span(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
  return found;
}

function span([whole, twice, once, strong, em, label, target]: RegExpMatchArray): Span {
  const code = twice ?? once;
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (em !== undefined) return { kind: "em", text: em };
  if (label !== undefined && target !== undefined && isSafe(target)) return { kind: "link", text: label, target };
  return { kind: "text", text: whole };
}

/** Only web addresses and paths of this site, so that no link runs a script. */
function isSafe(target: string): boolean {
  return /^https?:\/\//i.test(target) || !/^[^/?#]*:/.test(target);
}
