// Tables of parameters and members.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { OpenApi, Parameter, Schema } from "./document.ts";
import { limitsOf, type Row, rowsOf, typeOf, valuesOf } from "./schema.ts";
import { Inline } from "./text.tsx";

/** The parameters of an operation, in its path, query and headers. */
export function Parameters({ document, parameters }: { document: OpenApi; parameters: Parameter[] }) {
  const rows = parameters.map((each): Row => ({
    path: `${each.in} ${each.name}`,
    name: each.name,
    depth: 0,
    isRequired: each.required ?? false,
    type: `${typeOf(document, each.schema ?? {})}, in the ${each.in}`,
    limits: limitsOf(document, each.schema ?? {}),
    values: valuesOf(document, each.schema ?? {}),
    description: each.description ?? "",
  }));
  return <Rows caption="Parameters" rows={rows} />;
}

/** A schema's members, or its type if it has none. */
export function SchemaTable({ document, schema, caption }: { document: OpenApi; schema: Schema; caption: string }) {
  const rows = rowsOf(document, schema);
  if (rows.length === 0) return <p class="muted">{typeOf(document, schema)}</p>;
  return <Rows caption={caption} rows={rows} />;
}

/** Details that are rendered when they are opened. */
export function Folded({ title, children }: { title: string; children: () => ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="folded" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && children()}
    </details>
  );
}

function Rows({ caption, rows }: { caption: string; rows: Row[] }) {
  return (
    <table class="members">
      <caption class="visually-hidden">{caption}</caption>
      <thead class="visually-hidden"><tr><th scope="col">Name</th><th scope="col">Description</th></tr></thead>
      <tbody>{rows.map((row) => <Member key={row.path} row={row} />)}</tbody>
    </table>
  );
}

function Member({ row }: { row: Row }) {
  return (
    <tr class={`depth-${row.depth}`}>
      <th scope="row"><code>{row.name}</code>{row.isRequired && <span class="required">required</span>}</th>
      <td>
        <p><span class="type">{row.type}</span>{row.limits.map((each) => <span key={each} class="limit">{each}</span>)}</p>
        {row.values.length > 0 && <p class="values"><span class="visually-hidden">One of: </span>{row.values.map((each) => <code key={each}>{each}</code>)}</p>}
        {row.description !== "" && <p class="muted"><Inline text={row.description} /></p>}
      </td>
    </tr>
  );
}
