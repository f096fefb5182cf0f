// Adding a user. `PUT` would overwrite a user with the same id, so the id is checked first.
import { useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import { fieldError } from "../../api/field-errors.ts";
import type { User } from "../../api/types.ts";
import { CheckedForm } from "../../components/checked-form.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/form.tsx";
import { toast } from "../../components/toasts.tsx";
import { useAction } from "../../state/loading.ts";
import { go, href } from "../../state/router.ts";
import { bodyOf, EMPTY, pathOf } from "./draft.ts";
import { UserFields } from "./fields.tsx";

export function NewUser({ onClose }: { onClose: () => void }) {
  const [id, setId] = useState("");
  const [draft, setDraft] = useState(EMPTY);
  const adding = useAction(async () => {
    await requireFree(id.trim());
    const user = await call<User>("PUT", pathOf(id.trim()), { body: bodyOf(draft) });
    toast(`${user.name} was added. Create a key for them to sign in with.`);
    go(href("users", user.id));
  });
  return (
    <Dialog title="Add a user" onClose={onClose}>
      <CheckedForm error={adding.error} onSubmit={() => void adding.run()}>
        <TextField label="Id" required value={id} onInput={setId} error={fieldError(adding.error, "id")}
          hint={<>The id of this user in your systems, as in <code>actionBy</code> and <code>targetUser</code> of notifications. You cannot change it later.</>} />
        <UserFields draft={draft} onInput={setDraft} error={adding.error} />
        <div class="actions">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary" disabled={adding.isBusy}>{adding.isBusy ? "Adding…" : "Add"}</button>
        </div>
      </CheckedForm>
    </Dialog>
  );
}

/** Throws an error of the field if the id is taken. */
async function requireFree(id: string): Promise<void> {
  const known = await call<User>("GET", pathOf(id)).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  if (known !== null) throw new ApiError(409, "conflict", "The id is taken.", { id: `${known.name} has this id already` });
}
