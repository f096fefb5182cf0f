// The changes of one line of the audit.
import type { AuditLine } from "../../api/types.ts";
import { counted } from "../../text/format.ts";
import { fieldInWords, valueInWords } from "../../text/audit.ts";

const SHOWN_MAX = 2;

export function Changes({ line }: { line: AuditLine }) {
  const changes = Object.entries(line.changes).filter(([, { from, to }]) => isSet(from) || isSet(to));
  if (changes.length === 0) return <span class="muted">–</span>;
  const items = <ul class="changes">{changes.map(([name, { from, to }]) => <li key={name}><span class="muted">{fieldInWords(name)}:</span> <Change from={from} to={to} /></li>)}</ul>;
  if (changes.length <= SHOWN_MAX) return items;
  return <details><summary>{counted(changes.length, "field")}</summary>{items}</details>;
}

function Change({ from, to }: { from: unknown; to: unknown }) {
  const was = valueInWords(from);
  const became = valueInWords(to);
  if (was === became) return <>{became} <span class="muted">(a hidden part has changed)</span></>;
  if (!isSet(from)) return <ins>{became}</ins>;
  if (!isSet(to)) return <><del>{was}</del> <span class="muted">removed</span></>;
  return <><del>{was}</del> <span aria-hidden="true">→</span><span class="visually-hidden">became</span> <ins>{became}</ins></>;
}

function isSet(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}
