// The input of each kind of field.
import type { ComponentChildren, JSX } from "preact";
import type { Action, Me, Webhook } from "../../api/types.ts";
import { Checkbox, Select, TextArea, TextField } from "../../components/form.tsx";
import type { Loaded } from "../../state/loading.ts";
import type { FieldErrors } from "../../webhook/errors.ts";
import type { Form, Inputs } from "../../webhook/field.ts";
import type { AnyField } from "../../webhook/fields.ts";
import { AuthenticationInput } from "./authentication.tsx";
import { HeadersInput } from "./headers.tsx";
import { ScheduleInput } from "./schedule.tsx";
import { TypesInput } from "./types-input.tsx";

/** What an input may need to know about its surroundings. `webhook` is `null` for a new one. */
export interface Surroundings { form: Form; me: Me; webhook: Webhook | null; isForeign: boolean; actions: Loaded<Action[]> }

/** `before` is what the form held at first, or `null` for a new webhook; `errors` are those of the field's parts. */
export interface InputProps<Entered> {
  field: AnyField; entered: Entered; before: Entered | null; error: string | undefined; errors: FieldErrors; around: Surroundings;
  change: (entered: Entered) => void;
}

export const INPUTS: { readonly [Kind in keyof Inputs]: (props: InputProps<Inputs[Kind]>) => JSX.Element } = {
  line: ({ entered, change, ...props }) => <TextField {...common(props)} value={entered} onInput={change} />,
  number: ({ entered, change, ...props }) => <TextField {...common(props)} inputMode="decimal" value={entered} onInput={change} />,
  expression: ({ entered, change, ...props }) => <TextArea {...common(props)} rows={2} value={entered} onInput={change} />,
  choice: ({ entered, change, ...props }) => <Select {...common(props)} value={entered} options={Object.entries(props.field.options ?? {})} onChange={change} />,
  flag: ({ entered, change, field, error }) => <Checkbox label={field.label} hint={field.hint} error={error} checked={entered} onChange={change} />,
  url: UrlInput,
  actionType: ActionTypeInput,
  types: TypesInput,
  headers: HeadersInput,
  authentication: AuthenticationInput,
  schedule: ScheduleInput,
};

function common({ field: { label, hint, example, placeholder }, error }: Pick<InputProps<unknown>, "field" | "error">) {
  const whole: ComponentChildren = example === undefined ? hint : <>{hint} Example: <code>{example}</code></>;
  return { label, hint: whole, error, ...(placeholder === undefined ? {} : { placeholder }) };
}

/** The URL of somebody else's webhook is masked. */
function UrlInput({ entered, change, around: { isForeign, webhook }, ...props }: InputProps<string>) {
  const masked = isForeign && webhook !== null && {
    placeholder: webhook.url,
    hint: <>Only its owner sees all of <span class="mono">{webhook.url}</span>. It stays the same unless you enter another one.</>,
  };
  return <TextField inputMode="url" {...common(props)} {...masked} value={entered} onInput={change} />;
}

/** A global webhook is sent everything: there is nothing to choose. */
function ActionTypeInput({ entered, change, around: { form }, ...props }: InputProps<string>) {
  const options = form.global ? [[entered, "everything"]] as const : Object.entries<string>(props.field.options ?? {});
  return <Select {...common(props)} value={entered} options={options} onChange={change} />;
}
