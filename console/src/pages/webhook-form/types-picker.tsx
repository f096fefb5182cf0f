// Choosing what a webhook hears of.
import type { TargetedKeyboardEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Action } from "../../api/types.ts";
import { Loading, Problem } from "../../components/basics.tsx";
import { TextField } from "../../components/form.tsx";
import type { Loaded } from "../../state/loading.ts";
import { counted } from "../../text/format.ts";
import type { Form } from "./form.ts";
import { beginningOf, choosable, covers, found, saidOf } from "./types.ts";

interface Props { form: Form; actions: Loaded<Action[]>; error: string | undefined; onChange: (parts: Partial<Form>) => void }

export function TypesPicker({ form, actions, error, onChange }: Props) {
  return (
    <fieldset class="types">
      <legend>Hears of</legend>
      <div class="radios">
        <label><input type="radio" name="types" checked={form.isAll} onChange={() => onChange({ isAll: true })} /> All notifications</label>
        <label><input type="radio" name="types" checked={!form.isAll} onChange={() => onChange({ isAll: false })} /> Only these types</label>
      </div>
      {form.isAll ? error && <p class="wrong-text">{error}</p> : <Choice types={form.types} actions={actions} error={error} onChange={(types) => onChange({ types })} />}
    </fieldset>
  );
}

interface ChoiceProps { types: string[]; actions: Loaded<Action[]>; error: string | undefined; onChange: (types: string[]) => void }

function Choice({ types, actions, error, onChange }: ChoiceProps) {
  const [filter, setFilter] = useState("");
  const all = useMemo(() => choosable(actions.value ?? []), [actions.value]);
  const shown = useMemo(() => found(all, filter), [all, filter]);
  const add = (type: string) => { if (!types.includes(type)) onChange([...types, type]); setFilter(""); };
  const remove = (type: string) => onChange(types.filter((each) => each !== type));
  const onEnter = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement) || event.target.type !== "text") return;
    event.preventDefault(); // it would send the form
    const beginning = filter.trim().endsWith("*") ? beginningOf(filter) : null;
    const only = shown.length === 1 ? shown[0]?.name : undefined;
    if (beginning ?? only) add(beginning ?? only ?? "");
  };
  return (
    <div onKeyDown={onEnter}>
      <Chosen types={types} onRemove={remove} />
      <TextField label="Find types" value={filter} onInput={setFilter} error={error} placeholder="collection" hint="By name or by what happened. A name’s beginning with * stands for all types that begin so." />
      <Beginning filter={filter} types={types} all={all} onAdd={add} />
      {actions.value === undefined && actions.isLoading && <Loading lines={4} what="Loading the notification types" />}
      <Problem error={actions.error} retry={actions.reload} />
      {actions.value !== undefined && <Options shown={shown} types={types} onAdd={(type) => onChange([...types, type])} onRemove={remove} />}
    </div>
  );
}

function Chosen({ types, onRemove }: { types: string[]; onRemove: (type: string) => void }) {
  if (types.length === 0) return null;
  return (
    <ul class="chips" aria-label="Chosen">
      {types.map((type) => <li key={type}><span class="mono">{type}</span><button type="button" aria-label={`Remove ${type}`} onClick={() => onRemove(type)}>×</button></li>)}
    </ul>
  );
}

/** Offers what was typed as a beginning. */
function Beginning({ filter, types, all, onAdd }: { filter: string; types: string[]; all: Action[]; onAdd: (type: string) => void }) {
  const beginning = beginningOf(filter);
  if (beginning === null || types.includes(beginning)) return null;
  const count = all.filter((each) => covers(beginning, each.name)).length;
  if (count === 0 && !filter.trim().endsWith("*")) return null;
  return <p class="beginning"><button type="button" class="small" onClick={() => onAdd(beginning)}>Add <span class="mono">{beginning}</span></button> <span class="hint">{counted(count, "type")} today, and those that come to begin so</span></p>;
}

function Options({ shown, types, onAdd, onRemove }: { shown: Action[]; types: string[]; onAdd: (type: string) => void; onRemove: (type: string) => void }) {
  if (shown.length === 0) return <p class="muted">No type is called so.</p>;
  return (
    <ul class="type-options" aria-label="Notification types" tabIndex={0}>
      {shown.map((action) => {
        const { name } = action;
        const by = types.find((each) => each.endsWith("*") && covers(each, name));
        const isChosen = types.includes(name);
        return (
          <li key={name}>
            <label>
              <input type="checkbox" checked={isChosen || by !== undefined} disabled={by !== undefined && !isChosen} onChange={() => (isChosen ? onRemove(name) : onAdd(name))} />
              <span><span class="mono">{name}</span> <span class="muted small-text">{by && !isChosen ? `by ${by}` : saidOf(action)}</span></span>
            </label>
          </li>
        );
      })}
    </ul>
  );
}
