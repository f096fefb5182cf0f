// Making a key: its name and its rights; the key itself is for whoever asked.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import { wrongElsewhere, wrongWith } from "../../api/fields.ts";
import type { KeyWithSecret } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { CheckedForm } from "../../components/checked-form.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Checkbox, TextField } from "../../components/form.tsx";
import { useAction } from "../../state/loading.ts";

export function NewKey({ path, onClose, onMade }: { path: string; onClose: () => void; onMade: (key: KeyWithSecret) => void }) {
  const [name, setName] = useState("");
  const [mayNotify, setMayNotify] = useState(false);
  const making = useAction(async () => onMade(await call<KeyWithSecret>("POST", path, { body: { name: name.trim(), rights: mayNotify ? ["notify"] : [] } })));
  return (
    <Dialog title="Make a key" onClose={onClose}>
      <CheckedForm error={making.error} onSubmit={() => void making.run()}>
        <Problem error={wrongElsewhere(making.error, ["name"])} />
        <TextField label="Name" required value={name} onInput={setName} error={wrongWith(making.error, "name")} hint="Where it will be used, so that you know later what revoking it breaks." />
        <Checkbox label="May send notifications" checked={mayNotify} onChange={setMayNotify} hint={<>The right <code>notify</code>. Keys of admins may anyway.</>} />
        <div class="actions">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary" disabled={making.isBusy}>{making.isBusy ? "Making…" : "Make the key"}</button>
        </div>
      </CheckedForm>
    </Dialog>
  );
}
