// Fields of forms: a label, a control, and a hint or an error.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { useBounded } from "./bounded.ts";

const LINE_CHARACTERS_MAX = 20_000;
const AREA_CHARACTERS_MAX = 400_000;

interface FieldProps { label: string; hint?: ComponentChildren; error?: string | undefined; children: (ids: ControlIds) => JSX.Element }
interface ControlIds { id: string; "aria-describedby": string; "aria-invalid": boolean }

/** The control gets the ids of its label, its hint and its error. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div class={`field${error ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": note, "aria-invalid": error !== undefined })}
      <p id={note} class="hint">{error ? <span class="wrong-text">{error}</span> : hint}</p>
    </div>
  );
}

interface InputProps {
  label: string; hint?: ComponentChildren; error?: string | undefined; value: string; onInput: (value: string) => void;
  type?: "text" | "password" | "url" | "datetime-local"; inputMode?: "text" | "decimal" | "numeric" | "url"; placeholder?: string; required?: boolean; autofocus?: boolean;
}

export function TextField({ label, hint, error, value, onInput, type = "text", ...rest }: InputProps) {
  const { problem, handlers } = useBounded(LINE_CHARACTERS_MAX, value, onInput);
  return (
    <Field label={label} hint={hint} error={problem ?? error}>
      {(ids) => <input autocomplete="off" spellcheck={false} {...rest} {...ids} type={type as "text"} value={value} {...handlers} />}
    </Field>
  );
}

export function TextArea({ label, hint, error, value, onInput, rows = 4 }: {
  label: string; hint?: ComponentChildren; error?: string | undefined; value: string; onInput: (value: string) => void; rows?: number;
}) {
  const { problem, handlers } = useBounded(AREA_CHARACTERS_MAX, value, onInput);
  return (
    <Field label={label} hint={hint} error={problem ?? error}>
      {(ids) => <textarea {...ids} class="code" rows={rows} spellcheck={false} value={value} {...handlers} />}
    </Field>
  );
}

/** A choice. Each option is a value and its name. */
export function Select({ label, hint, error, value, options, onChange }: {
  label: string; hint?: ComponentChildren; error?: string | undefined; value: string; options: readonly (readonly [string, string])[]; onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map(([each, shown]) => <option key={each} value={each}>{shown}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({ label, hint, error, checked, onChange }: {
  label: string; hint?: ComponentChildren; error?: string | undefined; checked: boolean; onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="checkbox">
      <input type="checkbox" id={id} checked={checked} aria-describedby={`${id}-note`} aria-invalid={error !== undefined} onChange={(event) => onChange(event.currentTarget.checked)} />
      <div><label for={id}>{label}</label><p id={`${id}-note`} class="hint">{error ? <span class="wrong-text">{error}</span> : hint}</p></div>
    </div>
  );
}
