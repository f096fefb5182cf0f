// Deleting a user takes what is theirs along, so it asks for the id.
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
      <p>Their keys and their webhooks go with them, and those webhooks’ history. This cannot be undone.</p>
      <TextField label={`Type the id, ${user.id}, to go on`} value={typed} onInput={setTyped} />
    </Confirm>
  );
}
