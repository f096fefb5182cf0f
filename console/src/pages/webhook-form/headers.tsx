// The headers that the webhook adds to its requests, a row each.
import { Field, TextField } from "../../components/form.tsx";
import type { FieldErrors } from "../../webhook/errors.ts";
import { type HeaderRow, withRow } from "../../webhook/headers.ts";
import type { InputProps } from "./inputs.tsx";
import { SecretField } from "./secret-field.tsx";

export function HeadersInput({ field, entered: rows, before, error, errors, change }: InputProps<HeaderRow[]>) {
  const put = (row: HeaderRow) => change(rows.map((each) => (each.key === row.key ? row : each)));
  const mayKeep = (row: HeaderRow) => before?.some((each) => each.name === row.name) ?? false;
  return (
    <fieldset class="plain-set">
      <legend>{field.label}</legend>
      <p class="hint">{field.hint}</p>
      {rows.map((row, index) => (
        <Row key={row.key} row={row} number={index + 1} mayKeep={mayKeep(row)} errors={errors} onChange={put} onRemove={() => change(rows.filter((each) => each.key !== row.key))} />
      ))}
      {error && <p class="wrong-text">{error}</p>}
      <button type="button" class="small" aria-invalid={error !== undefined} onClick={() => change(withRow(rows))}>Add a header</button>
    </fieldset>
  );
}

interface RowProps { row: HeaderRow; number: number; mayKeep: boolean; errors: FieldErrors; onChange: (row: HeaderRow) => void; onRemove: () => void }

function Row({ row, number, mayKeep, errors, onChange, onRemove }: RowProps) {
  const problem = errors[`#${row.key}`];
  const refusal = errors[row.name.trim().toLowerCase()];
  return (
    <div class="header-row" role="group" aria-label={`Header ${number}`}>
      {row.value.isKept
        ? <Field label="Name">{(ids) => <input {...ids} readOnly class="code" value={row.name} />}</Field>
        : <TextField label="Name" value={row.name} placeholder="X-Api-Key" onInput={(name) => onChange({ ...row, name })} error={problem && row.name.trim() === "" ? problem : refusal} />}
      <SecretField label="Value" isHidden={false} secret={row.value} mayKeep={mayKeep} error={row.name.trim() === "" ? undefined : problem ?? (row.value.isKept ? refusal : undefined)} onChange={(value) => onChange({ ...row, value })} />
      <button type="button" class="quiet small" aria-label={`Remove header ${number}${row.name && `, ${row.name}`}`} onClick={onRemove}>Remove</button>
    </div>
  );
}
