// A table of all errors, at the end of the page.
import { errorsOf } from "./errors.ts";
import type { Operation } from "./document.ts";
import { Inline } from "./text.tsx";

const LINKED_MAX = 6; // operations that are named; an error of more operations is an error of nearly all

export function Errors({ operations }: { operations: Operation[] }) {
  return (
    <section id="errors" class="tag" aria-labelledby="errors-title">
      <h2 id="errors-title">Errors</h2>
      <p class="muted">All errors by status and <code>code</code>. The message of an error describes the particular case.</p>
      <table class="stack">
        <caption class="visually-hidden">Errors by status and code</caption>
        <thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col">From</th></tr></thead>
        <tbody>
          {errorsOf(operations).map((each) => (
            <tr key={`${each.status} ${each.code}`}>
              <td data-label="Status">{each.status}</td>
              <td data-label="Code"><code>{each.code}</code></td>
              <td data-label="Meaning"><span><Inline text={each.meaning} /></span></td>
              <td data-label="From"><From by={each.operations} of={operations.length} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function From({ by, of }: { by: Operation[]; of: number }) {
  if (by.length > LINKED_MAX) return <span class="muted">{by.length} of {of} operations</span>;
  return <span class="from">{by.map((each) => <a key={each.id} href={`#${each.id}`}>{each.id}</a>)}</span>;
}
