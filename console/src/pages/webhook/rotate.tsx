// Rotating the secret that signs a webhook's requests.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { Webhook, WebhookWithSecret } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Select } from "../../components/form.tsx";
import { ShownOnce } from "../../components/shown-once.tsx";
import { useAction } from "../../state/loading.ts";

const OVERLAPS = [["86400", "a day"], ["3600", "an hour"], ["604800", "a week"], ["0", "no time: it is invalid immediately"]] as const;

export function RotateDialog({ webhook, put, onClose }: { webhook: Webhook; put: (webhook: Webhook) => void; onClose: () => void }) {
  const [overlapSeconds, setOverlap] = useState<string>(OVERLAPS[0][0]);
  const [secret, setSecret] = useState<string>();
  const rotating = useAction(async () => {
    const { secret: newSecret, ...rotated } = await call<WebhookWithSecret>("POST", `webhooks/${webhook.id}/secret/rotate`, { body: { overlapSeconds: Number(overlapSeconds) } });
    setSecret(newSecret);
    put(rotated);
  });
  if (secret !== undefined) {
    return (
      <Dialog title="The new secret" onClose={onClose}>
        <ShownOnce label="the new secret" value={secret}>This is the only time it is shown. Give it to the receiver now. If you lose it, rotate again.</ShownOnce>
        <div class="actions"><button type="button" class="primary" onClick={onClose}>I have stored it</button></div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Rotate the secret" onClose={onClose}>
      <p>The receiver verifies requests with this secret. A new secret is created and signs requests from now on.</p>
      <Select label="The old secret also signs for" value={overlapSeconds} options={OVERLAPS} onChange={setOverlap}
        hint={overlapSeconds === "0" ? "For a secret that has leaked. Until the receiver has the new one, it refuses requests." : "In this time you can give the receiver the new secret without losing a request."} />
      <Problem error={rotating.error} />
      <div class="actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="button" class="primary" disabled={rotating.isBusy} onClick={() => void rotating.run()}>{rotating.isBusy ? "Rotating…" : "Create a new secret"}</button>
      </div>
    </Dialog>
  );
}
