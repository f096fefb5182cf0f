// Somebody else saved first: what they changed, and how to keep both.
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../../components/basics.tsx";
import type { Action } from "../../state/loading.ts";
import type { Form } from "../../webhook/field.ts";
import { FIELDS } from "../../webhook/fields.ts";
import { inWords } from "../../webhook/form.ts";
import type { Conflict, Rebased } from "../../webhook/rebase.ts";

export function VersionConflict({ loading }: { loading: Action<[]> }) {
  return (
    <div class="note warn" role="alert" tabIndex={-1} ref={useScrollIntoView()}>
      <p>Somebody else changed this webhook while you edited it. Your changes are not saved yet, but they are not lost. Load the newer version: your changes are applied on top of it.</p>
      <button type="button" disabled={loading.isBusy} onClick={() => void loading.run()}>{loading.isBusy ? "Loading…" : "Load the newer version"}</button>
      <Problem error={loading.error} />
    </div>
  );
}

/** The result of applying my changes on top of theirs. */
export function Merged({ merged, form, onTake }: { merged: Rebased; form: Form; onTake: (conflict: Conflict) => void }) {
  return (
    <div class="note merged" role="status" tabIndex={-1} ref={useScrollIntoView()}>
      <div>
        <p>The newer version is loaded, with your changes on top. Check it, and save.</p>
        {merged.theirs.length > 0 && <p>They changed: {merged.theirs.map((name) => FIELDS[name].label).join(", ")}.</p>}
        {merged.conflicts.length > 0 && <p>Both of you changed these fields. The form has your values:</p>}
        <ul>
          {merged.conflicts.map(({ name, theirs }) => (
            <li key={name}>
              {FIELDS[name].label}: yours is <span class="mono">{inWords(name, form)}</span>, theirs is <span class="mono">{inWords(name, theirs)}</span>{" "}
              <button type="button" class="small" onClick={() => onTake({ name, theirs })}>Use theirs<span class="visually-hidden"> for {FIELDS[name].label}</span></button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** It is above a long form whose button is at the end. */
function useScrollIntoView() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => { place.current?.focus(); place.current?.scrollIntoView({ block: "center" }); }, []);
  return place;
}
