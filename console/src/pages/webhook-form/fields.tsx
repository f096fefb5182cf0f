// The fields of a webhook, section by section.
import { ENTRIES, type AnyField } from "../../webhook/fields.ts";
import { ownerOf, partsOf } from "../../webhook/errors.ts";
import type { FieldName } from "../../webhook/field.ts";
import { inWords } from "../../webhook/form.ts";
import { isSame } from "../../webhook/same.ts";
import { SECTIONS, type SectionName } from "../../webhook/sections.ts";
import { INPUTS, type InputProps, type Surroundings } from "./inputs.tsx";
import { Section } from "./section.tsx";
import type { Draft } from "./use-draft.ts";

interface Props { draft: Draft; around: Omit<Surroundings, "form"> }

export function Fields(props: Props) {
  return <>{(Object.keys(SECTIONS) as SectionName[]).map((name) => <FieldsOf key={name} section={name} {...props} />)}</>;
}

function FieldsOf({ section, draft, around }: Props & { section: SectionName }) {
  const fields = ENTRIES.filter(([, field]) => field.section === section);
  const body = <div class="form-fields">{fields.map(([name, field]) => <FieldInput key={name} name={name} field={field} draft={draft} around={around} />)}</div>;
  const head = SECTIONS[section];
  if (head === null) return body;
  const isUsed = fields.some(([name, field]) => !isSame(draft.form[name], field.blank));
  const isWrong = fields.some(([name]) => Object.keys(draft.errors).some((path) => ownerOf(path) === name));
  return <Section title={head.title} note={head.note} isUsed={isUsed} isWrong={isWrong}>{body}</Section>;
}

/** A field that cannot be changed is text once the webhook exists. */
function FieldInput({ name, field, draft, around }: Props & { name: FieldName; field: AnyField }) {
  const { form, base, errors, change } = draft;
  if (field.isFixed && around.webhook !== null) return <p class="muted">{field.label}: {inWords(name, form)}. This cannot be changed.</p>;
  if (field.isForAdmins && around.me.role !== "admin") return null;
  const Input = INPUTS[field.input] as (props: InputProps<unknown>) => ReturnType<typeof Section>;
  return (
    <div class={field.isHalf ? "half" : undefined}>
      <Input field={field} entered={form[name]} before={base?.[name] ?? null} error={errors[name]} errors={partsOf(errors, name)} around={{ ...around, form }} change={(entered) => change({ [name]: entered })} />
    </div>
  );
}
