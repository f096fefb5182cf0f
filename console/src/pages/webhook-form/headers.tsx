// Headers of the owner's own, a row each.
import { Field, TextField } from "../../components/form.tsx";
import type { FieldErrors } from "./errors.ts";
import { type HeaderRow, withRow } from "./form.ts";
import { SecretField } from "./secret-field.tsx";

interface Props { rows: HeaderRow[]; kept: readonly string[]; error: string | undefined; errors: FieldErrors; onChange: (rows: HeaderRow[]) => void }

export function Headers({ rows, kept, error, errors, onChange }: Props) {
  const put = (row: HeaderRow) => onChange(rows.map((each) => (each.key === row.key ? row : each)));
  return (
    <fieldset class="plain-set">
      <legend>Headers of your own</legend>
      <p class="hint">Sent with every request, as an API key is. Their values are never shown again.</p>
      {rows.map((row, index) => (
        <Row key={row.key} row={row} number={index + 1} mayKeep={kept.includes(row.name)} errors={errors} onChange={put} onRemove={() => onChange(rows.filter((each) => each.key !== row.key))} />
      ))}
      {error && <p class="wrong-text">{error}</p>}
      <button type="button" class="small" aria-invalid={error !== undefined} onClick={() => onChange(withRow(rows))}>Add a header</button>
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
