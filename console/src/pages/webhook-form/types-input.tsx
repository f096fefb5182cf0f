// Choosing the notification types that a webhook subscribes to.
import type { TargetedKeyboardEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Action } from "../../api/types.ts";
import { Loading, Problem } from "../../components/basics.tsx";
import { TextField } from "../../components/form.tsx";
import type { Loaded } from "../../state/loading.ts";
import { counted } from "../../text/format.ts";
import { type ChosenTypes, choosable, found, matches, meaningOf, prefixOf } from "../../webhook/notification-types.ts";
import type { InputProps } from "./inputs.tsx";

export function TypesInput({ field, entered, error, around: { actions }, change }: InputProps<ChosenTypes>) {
  return (
    <fieldset class="types">
      <legend>{field.label}</legend>
      <div class="radios">
        <label><input type="radio" name="types" checked={entered.isAll} onChange={() => change({ ...entered, isAll: true })} /> All notifications</label>
        <label><input type="radio" name="types" checked={!entered.isAll} onChange={() => change({ ...entered, isAll: false })} /> Only these types</label>
      </div>
      {entered.isAll ? error && <p class="wrong-text">{error}</p> : <Choice types={entered.names} actions={actions} error={error} onChange={(names) => change({ isAll: false, names })} />}
    </fieldset>
  );
}

interface ChoiceProps { types: string[]; actions: Loaded<Action[]>; error: string | undefined; onChange: (types: string[]) => void }

function Choice({ types, actions, error, onChange }: ChoiceProps) {
  const [search, setSearch] = useState("");
  const all = useMemo(() => choosable(actions.value ?? []), [actions.value]);
  const shown = useMemo(() => found(all, search), [all, search]);
  const add = (type: string) => { if (!types.includes(type)) onChange([...types, type]); setSearch(""); };
  const remove = (type: string) => onChange(types.filter((each) => each !== type));
  const onEnter = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement) || event.target.type !== "text") return;
    event.preventDefault(); // it would submit the form
    const prefix = search.trim().endsWith("*") ? prefixOf(search) : null;
    const only = shown.length === 1 ? shown[0]?.name : undefined;
    if (prefix ?? only) add(prefix ?? only ?? "");
  };
  return (
    <div onKeyDown={onEnter}>
      <Chosen types={types} onRemove={remove} />
      <TextField label="Find types" value={search} onInput={setSearch} error={error} placeholder="collection" hint="By name or meaning. The beginning of a name with * matches all types that begin with it." />
      <Prefix search={search} types={types} all={all} onAdd={add} />
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

/** Offers the search as a prefix. */
function Prefix({ search, types, all, onAdd }: { search: string; types: string[]; all: Action[]; onAdd: (type: string) => void }) {
  const prefix = prefixOf(search);
  if (prefix === null || types.includes(prefix)) return null;
  const count = all.filter((each) => matches(prefix, each.name)).length;
  if (count === 0 && !search.trim().endsWith("*")) return null;
  return <p class="prefix"><button type="button" class="small" onClick={() => onAdd(prefix)}>Add <span class="mono">{prefix}</span></button> <span class="hint">{counted(count, "type")} today, and future types that begin with it</span></p>;
}

function Options({ shown, types, onAdd, onRemove }: { shown: Action[]; types: string[]; onAdd: (type: string) => void; onRemove: (type: string) => void }) {
  if (shown.length === 0) return <p class="muted">No type matches.</p>;
  return (
    <ul class="type-options" aria-label="Notification types" tabIndex={0}>
      {shown.map((action) => {
        const { name } = action;
        const by = types.find((each) => each.endsWith("*") && matches(each, name));
        const isChosen = types.includes(name);
        return (
          <li key={name}>
            <label>
              <input type="checkbox" checked={isChosen || by !== undefined} disabled={by !== undefined && !isChosen} onChange={() => (isChosen ? onRemove(name) : onAdd(name))} />
              <span><span class="mono">{name}</span> <span class="muted small-text">{by && !isChosen ? `matches ${by}` : meaningOf(action)}</span></span>
            </label>
          </li>
        );
      })}
    </ul>
  );
}
