// The form of a custom notification type.
import { useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import { errorWithoutField, fieldError } from "../../api/field-errors.ts";
import type { ActionWithSchema } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { CheckedForm } from "../../components/checked-form.tsx";
import { TextArea, TextField } from "../../components/form.tsx";
import { useAction } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { pretty } from "../../text/format.ts";
import { bodyOf, draftOf, pathOf, problemOf, type TypeDraft } from "./draft.ts";

const MEMBERS = ["name", "description", "template", "schema"] as const;
const SCHEMA_SAMPLE = '{"required": ["orderId"], "properties": {"orderId": {"type": "integer", "minimum": 1}}}';

/** `type` is null for a new type. */
export function TypeForm({ type, onSaved }: { type: ActionWithSchema | null; onSaved: (type: ActionWithSchema) => void }) {
  const [draft, setDraft] = useState(draftOf(type));
  const isNew = type === null;
  const saving = useAction(async () => {
    const problem = problemOf(draft.schema);
    if (problem !== undefined) throw new ApiError(400, "invalid_input", problem, { schema: problem });
    if (isNew) await requireFree(draft.name.trim());
    const saved = await call<ActionWithSchema>("PUT", pathOf(draft.name.trim()), { body: bodyOf(draft) });
    setDraft(draftOf(saved));
    onSaved(saved);
  });
  const wrong = (member: (typeof MEMBERS)[number]) => fieldError(saving.error, member);
  const set = (member: keyof TypeDraft) => (value: string) => setDraft({ ...draft, [member]: value });
  return (
    <CheckedForm class="card type-form" error={saving.error} onSubmit={() => void saving.run()}>
      <Problem error={errorWithoutField(saving.error, isNew ? MEMBERS : MEMBERS.slice(1))} />
      {isNew && <TextField label="Name" required value={draft.name} onInput={set("name")} error={wrong("name")} placeholder="orderShipped" hint="A letter, then letters, digits, “.”, “_” and “-”. Upper and lower case are the same. You cannot change the name later." />}
      <TextArea label="Description" rows={2} value={draft.description} onInput={set("description")} error={wrong("description")} hint="For people who choose types. Up to 1,000 characters." />
      <TextArea label="Template" rows={2} value={draft.template} onInput={set("template")} error={wrong("template")}
        hint={<>The text of notifications that have none. <code>{"{actor}"}</code>, <code>{"{subject}"}</code> and <code>{"{target}"}</code> are replaced. Example: <code>{"{actor} has shipped {subject}."}</code> Empty: the name and the subject.</>} />
      <TextArea label="JSON schema" rows={14} value={draft.schema} onInput={set("schema")} error={wrong("schema") ?? (saving.error ? problemOf(draft.schema) : undefined)}
        hint="Draft 2020-12. The service refuses notifications that do not match it. Empty: every notification is accepted." />
      <div class="actions">
        <button type="submit" class="primary" disabled={saving.isBusy}>{saving.isBusy ? "Saving…" : isNew ? "Add the type" : "Save"}</button>
        {draft.schema.trim() === ""
          ? <button type="button" onClick={() => set("schema")(pretty(SCHEMA_SAMPLE))}>Start with an example</button>
          : <button type="button" onClick={() => set("schema")(pretty(draft.schema))}>Format the schema</button>}
        {isNew && <a class="button" href={href("types")}>Cancel</a>}
      </div>
    </CheckedForm>
  );
}

/** Throws an error of the field if the name is taken, since `PUT` would overwrite the type. */
async function requireFree(name: string): Promise<void> {
  const known = await call<ActionWithSchema>("GET", pathOf(name)).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  if (known !== null) throw new ApiError(409, "conflict", "The name is taken.", { name: `the type ${known.name} exists already` });
}
