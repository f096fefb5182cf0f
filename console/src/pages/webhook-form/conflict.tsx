// Somebody else was faster: what they changed, and the way to keep both.
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../../components/basics.tsx";
import type { Action } from "../../state/loading.ts";
import type { Form } from "./form.ts";
import { type Collision, NAMES, type Rebased, told } from "./rebase.ts";

export function Conflict({ loading }: { loading: Action<[]> }) {
  return (
    <div class="note warn" role="alert" tabIndex={-1} ref={useComingIntoSight()}>
      <p>Somebody else changed this webhook while you did. Nothing of yours is saved yet, and nothing is lost: the newer one can be put under your changes.</p>
      <button type="button" disabled={loading.isBusy} onClick={() => void loading.run()}>{loading.isBusy ? "Loading…" : "Load the newer one"}</button>
      <Problem error={loading.error} />
    </div>
  );
}

/** What came of putting my changes on top of theirs. */
export function Merged({ merged, form, onTake }: { merged: Rebased; form: Form; onTake: (collision: Collision) => void }) {
  const names = [...new Set(merged.theirs.map((part) => NAMES[part]))];
  return (
    <div class="note merged" role="status" tabIndex={-1} ref={useComingIntoSight()}>
      <div>
        <p>The newer one is loaded, with your changes on top. Look it over, and save.</p>
        {names.length > 0 && <p>They changed: {names.join(", ")}.</p>}
        {merged.collisions.length > 0 && <p>Both of you changed these. Yours stands in the form:</p>}
        <ul>
          {merged.collisions.map((each) => (
            <li key={each.part}>
              {NAMES[each.part]}: yours is <span class="mono">{told(each.part, form)}</span>, theirs <span class="mono">{told(each.part, each.theirs)}</span>{" "}
              <button type="button" class="small" onClick={() => onTake(each)}>Take theirs<span class="visually-hidden"> for {NAMES[each.part]}</span></button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** It stands above a long form whose button was pressed at its end. */
function useComingIntoSight() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => { place.current?.focus(); place.current?.scrollIntoView({ block: "center" }); }, []);
  return place;
}
