// The form while somebody fills it in: its fields, what is wrong with them, and what it held at first.
import { useEffect, useMemo, useState } from "preact/hooks";
import { type FieldErrors, ownerOf, without } from "../../webhook/errors.ts";
import type { FieldName, Form, Values } from "../../webhook/field.ts";
import { FIELDS } from "../../webhook/fields.ts";
import { read } from "../../webhook/form.ts";
import { isSame } from "../../webhook/same.ts";
import { forget, keep, unsaved } from "./unsaved.ts";

export interface Draft {
  form: Form; base: Form | null; values: Values; isChanged: boolean;
  /** `errors` are shown; `unready` keep the form from being sent. */
  errors: FieldErrors; unready: FieldErrors;
  change: (fields: Partial<Form>) => void;
  put: (form: Form) => void;
  refuse: (errors: FieldErrors) => void;
  /** From now on, show what is missing too. */
  showMissing: () => void;
}

/** It is kept under `name`. `base` is the form as it was loaded, or `null` for a new webhook. */
export function useDraft(name: string, start: Form, base: Form | null): Draft {
  const [form, setForm] = useState<Form>(() => unsaved<Form>(name) ?? start);
  const [refused, setRefused] = useState<FieldErrors>({});
  const [isMissingShown, setMissingShown] = useState(false);
  const { values, errors } = useMemo(() => read(form, base), [form, base]);
  const isChanged = !isSame(form, base ?? start);
  useEffect(() => (isChanged ? keep(name, form) : forget(name)), [name, form, isChanged]);
  useLeavingGuard(isChanged);
  const shown = isMissingShown ? errors : Object.fromEntries(Object.entries(errors).filter(([path]) => FIELDS[ownerOf(path)].isCheckedWhileTyping));
  return {
    form, base, values, isChanged, errors: { ...refused, ...shown }, unready: errors,
    change: (fields) => {
      setForm((before) => ({ ...before, ...fields }));
      setRefused((before) => without(before, Object.keys(fields) as FieldName[]));
    },
    put: (next) => { setForm(next); setRefused({}); },
    refuse: setRefused,
    showMissing: () => setMissingShown(true),
  };
}

/** The browser asks before the tab is closed. */
export function useLeavingGuard(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isOn]);
}
