// Making a key: its name, its rights and its end; the key itself is for whoever asked.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import { wrongElsewhere, wrongWith } from "../../api/fields.ts";
import type { KeyWithSecret } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { CheckedForm } from "../../components/checked-form.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Select, TextField } from "../../components/form.tsx";
import { useAction } from "../../state/loading.ts";

const RIGHTS = [
  ["all", "all: everything that the user may do"],
  ["all send", "all and send: for a user who also sends notifications"],
  ["send", "send: send notifications, and nothing else"],
  ["read", "read: look, and change nothing"],
] as const;

export function NewKey({ path, onClose, onMade }: { path: string; onClose: () => void; onMade: (key: KeyWithSecret) => void }) {
  const [name, setName] = useState("");
  const [rights, setRights] = useState("all");
  const [expiresAt, setExpiresAt] = useState("");
  const making = useAction(async () => onMade(await call<KeyWithSecret>("POST", path, {
    body: { name: name.trim(), rights: rights.split(" "), expiresAt: expiresAt === "" ? null : new Date(expiresAt).toISOString() },
  })));
  return (
    <Dialog title="Make a key" onClose={onClose}>
      <CheckedForm error={making.error} onSubmit={() => void making.run()}>
        <Problem error={wrongElsewhere(making.error, ["name", "rights", "expiresAt"])} />
        <TextField label="Name" required value={name} onInput={setName} error={wrongWith(making.error, "name")} hint="Where it will be used, so that you know later what revoking it breaks." />
        <Select label="Rights" value={rights} options={RIGHTS} onChange={setRights} error={wrongWith(making.error, "rights")} hint="All that the key may do. The less, the less harm if it leaks." />
        <TextField label="Expires" type="datetime-local" value={expiresAt} onInput={setExpiresAt} error={wrongWith(making.error, "expiresAt")} hint="The key is refused from then on. Empty: it does not expire." />
        <div class="actions">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary" disabled={making.isBusy}>{making.isBusy ? "Making…" : "Make the key"}</button>
        </div>
      </CheckedForm>
    </Dialog>
  );
}
