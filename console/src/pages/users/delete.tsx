// Deleting a user also deletes their keys and webhooks, so it asks for the id.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { User } from "../../api/types.ts";
import { Confirm } from "../../components/dialog.tsx";
import { TextField } from "../../components/form.tsx";
import { pathOf } from "./draft.ts";

export function DeleteUser({ user, onClose, onDone }: { user: User; onClose: () => void; onDone: () => void }) {
  const [typed, setTyped] = useState("");
  return (
    <Confirm title={`Delete ${user.name}?`} action="Delete the user" isReady={typed === String(user.id)} onClose={onClose}
      onDo={async () => { await call("DELETE", pathOf(user.id)); onDone(); }}>
      <p>This also deletes their keys, their webhooks, and the history of these webhooks. It cannot be undone.</p>
      <TextField label={`Type the id, ${user.id}, to confirm`} value={typed} onInput={setTyped} />
    </Confirm>
  );
}
