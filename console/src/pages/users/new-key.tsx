// Creating a key with its name, rights and expiry.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import { errorWithoutField, fieldError } from "../../api/field-errors.ts";
import type { KeyWithSecret } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { CheckedForm } from "../../components/checked-form.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Select, TextField } from "../../components/form.tsx";
import { useAction } from "../../state/loading.ts";

const RIGHTS = [
  ["all", "all: everything that the user can do"],
  ["all send", "all and send: also send notifications"],
  ["send", "send: only send notifications"],
  ["read", "read: see everything, change nothing"],
] as const;

export function NewKey({ path, onClose, onCreated }: { path: string; onClose: () => void; onCreated: (key: KeyWithSecret) => void }) {
  const [name, setName] = useState("");
  const [rights, setRights] = useState("all");
  const [expiresAt, setExpiresAt] = useState("");
  const creating = useAction(async () => onCreated(await call<KeyWithSecret>("POST", path, {
    body: { name: name.trim(), rights: rights.split(" "), expiresAt: expiresAt === "" ? null : new Date(expiresAt).toISOString() },
  })));
  return (
    <Dialog title="Create a key" onClose={onClose}>
      <CheckedForm error={creating.error} onSubmit={() => void creating.run()}>
        <Problem error={errorWithoutField(creating.error, ["name", "rights", "expiresAt"])} />
        <TextField label="Name" required value={name} onInput={setName} error={fieldError(creating.error, "name")} hint="Where it will be used. It helps you decide later whether you can revoke it." />
        <Select label="Rights" value={rights} options={RIGHTS} onChange={setRights} error={fieldError(creating.error, "rights")} hint="What the key can be used for. With fewer rights, a leaked key does less harm." />
        <TextField label="Expires" type="datetime-local" value={expiresAt} onInput={setExpiresAt} error={fieldError(creating.error, "expiresAt")} hint="The service refuses the key from then on. Empty: it does not expire." />
        <div class="actions">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary" disabled={creating.isBusy}>{creating.isBusy ? "Creating…" : "Create the key"}</button>
        </div>
      </CheckedForm>
    </Dialog>
  );
}
