// The filters of the history.
import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { Webhook } from "../../api/types.ts";
import { Field, Select } from "../../components/form.tsx";
import { fromLocalInput } from "../../text/times.ts";
import { CAUSES } from "../../text/words.ts";
import { type Filters, hoursAgo, isFiltered, NONE, SPANS, timeOf } from "./filters.ts";

const OUTCOMES = [["", "Any outcome"], ["failed", "Failed"], ["succeeded", "Succeeded"]] as const;
const FAILURE_CAUSES = [["", "Any cause"], ...Object.entries(CAUSES)] as const;
const IS_WIDE = matchMedia("(min-width: 761px)");

interface Props {
  filters: Filters; webhooks: readonly Pick<Webhook, "id" | "name">[]; types: readonly string[];
  errors: Record<string, string>; onChange: (filters: Filters) => void;
}

/** Each change takes effect immediately. */
export function FilterForm({ filters, webhooks, types, errors, onChange }: Props) {
  const [isOpen] = useState(IS_WIDE.matches || isFiltered(filters));
  const set = (name: keyof Filters) => (value: string) => onChange({ ...filters, [name]: value });
  const setTime = (name: keyof Filters) => (value: string) => set(name)(fromLocalInput(value) ?? "");
  return (
    <details class="filters" open={isOpen}>
      <summary>Filters</summary>
      <div class="filter-fields">
        <Select label="Webhook" error={errors["webhookId"]} value={filters.webhookId} options={webhookOptions(webhooks, filters.webhookId)} onChange={set("webhookId")} />
        <Select label="Outcome" error={errors["outcome"]} value={filters.outcome} options={OUTCOMES} onChange={set("outcome")} />
        <Select label="Failure cause" error={errors["failureCause"]} value={filters.failureCause} options={FAILURE_CAUSES} onChange={set("failureCause")} />
        <TypeField value={filters.notificationType} types={types} error={errors["notificationType"]} onChange={set("notificationType")} />
        <Draft label="Since" type="datetime-local" error={errors["since"]} value={timeOf(filters.since)} onChange={setTime("since")} />
        <Draft label="Until" type="datetime-local" error={errors["until"]} value={timeOf(filters.until)} onChange={setTime("until")} />
      </div>
      <div class="actions">
        {SPANS.map(([name, hours]) => <button type="button" class="small" key={name} onClick={() => onChange({ ...filters, since: hoursAgo(hours, Date.now()), until: "" })}>{name}</button>)}
        {isFiltered(filters) && <button type="button" class="small quiet" onClick={() => onChange(NONE)}>Clear filters</button>}
      </div>
    </details>
  );
}

/** A webhook that is not in the list is shown by its id, for example if it was deleted. */
function webhookOptions(webhooks: Props["webhooks"], chosen: string): (readonly [string, string])[] {
  const named = webhooks.map(({ id, name }) => [id, name] as const);
  const isKnown = chosen === "" || webhooks.some(({ id }) => id === chosen);
  return [["", "All webhooks"], ...named, ...(isKnown ? [] : [[chosen, chosen] as const])];
}

function TypeField({ value, types, error, onChange }: { value: string; types: readonly string[]; error: string | undefined; onChange: (value: string) => void }) {
  const listId = useId();
  return (
    <>
      <Draft label="Notification type" value={value} error={error} list={listId} placeholder="All types" onChange={(next) => onChange(next.trim())} />
      <datalist id={listId}>{types.map((each) => <option key={each} value={each} />)}</datalist>
    </>
  );
}

interface DraftProps { label: string; value: string; error: string | undefined; onChange: (value: string) => void; type?: "text" | "datetime-local"; list?: string; placeholder?: string }

/** A field that takes effect when it loses the focus or a value is chosen. Until then the page can be rendered again. */
function Draft({ label, value, error, onChange, ...rest }: DraftProps): JSX.Element {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return (
    <Field label={label} error={error}>
      {(ids) => (
        <input {...ids} {...rest} autocomplete="off" spellcheck={false} value={draft}
          onInput={(event) => setDraft(event.currentTarget.value)} onChange={(event) => onChange(event.currentTarget.value)} />
      )}
    </Field>
  );
}
