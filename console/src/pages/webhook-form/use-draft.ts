// The form as one thing that changes: what stands in it, what is wrong with it, and what was there before.
import { useEffect, useMemo, useState } from "preact/hooks";
import { concerns, type FieldErrors, type Member, without } from "./errors.ts";
import { type Form, isSame } from "./form.ts";
import { forget, keep, keptUnder } from "./kept.ts";
import { read, type Values } from "./reading.ts";
import { memberOf } from "./rebase.ts";

/** What of a form is told at once, while it is typed; the rest waits until somebody wants to save. */
const TOLD_AT_ONCE: readonly Member[] = ["filter", "transform", "timeoutSeconds", "rateLimitPerSecond", "retentionDays"];

export interface Draft {
  form: Form; base: Form | null; values: Values; isChanged: boolean;
  /** All that is known to be wrong; and that which keeps it from being sent at all. */
  errors: FieldErrors; unready: FieldErrors;
  change: (parts: Partial<Form>) => void;
  put: (form: Form) => void;
  refuse: (errors: FieldErrors) => void;
  /** From now on everything that is missing is told. */
  insist: () => void;
}

/** `name` is what it is kept under; `base` the form as it was loaded, `null` for a new webhook. */
export function useDraft(name: string, start: Form, base: Form | null): Draft {
  const [form, setForm] = useState<Form>(() => keptUnder<Form>(name) ?? start);
  const [refused, setRefused] = useState<FieldErrors>({});
  const [isInsisting, setInsisting] = useState(false);
  const { values, errors } = useMemo(() => read(form, base), [form, base]);
  const isChanged = !isSame(form, base ?? start);
  useEffect(() => (isChanged ? keep(name, form) : forget(name)), [name, form, isChanged]);
  useLeavingGuard(isChanged);
  const unripe = isInsisting ? errors : Object.fromEntries(Object.entries(errors).filter(([field]) => concerns({ [field]: "" }, TOLD_AT_ONCE)));
  return {
    form, base, values, isChanged, errors: { ...refused, ...unripe }, unready: errors,
    change: (parts) => {
      setForm((before) => ({ ...before, ...parts }));
      setRefused((before) => without(before, (Object.keys(parts) as (keyof Form)[]).map(memberOf)));
    },
    put: (next) => { setForm(next); setRefused({}); },
    refuse: setRefused,
    insist: () => setInsisting(true),
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
