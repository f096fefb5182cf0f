// The actions of a webhook.
import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { Confirm, Dialog } from "../../components/dialog.tsx";
import { toast } from "../../components/toasts.tsx";
import { useAction } from "../../state/loading.ts";
import { go, href } from "../../state/router.ts";
import { RotateDialog } from "./rotate.tsx";
import type { Test } from "./test.tsx";

export function WebhookButtons({ webhook, test, put }: { webhook: Webhook; test: Test; put: (webhook: Webhook) => void }) {
  const [open, setOpen] = useState<"rotate" | "delete" | null>(null);
  const close = () => setOpen(null);
  const { name, busy, done } = SWITCHES[webhook.status];
  const switching = useAction(async () => {
    const switched = await call<Webhook>("PATCH", `webhooks/${webhook.id}`, { body: { enabled: webhook.status !== "enabled" } });
    test.clear();
    put(switched);
    toast(done);
  });
  // No test while the webhook is being paused or resumed: it could be sent first.
  return (
    <>
      <button type="button" class="primary" disabled={test.isBusy || switching.isBusy} onClick={test.run}>{test.isBusy ? "Testing…" : "Test"}</button>
      <button type="button" disabled={switching.isBusy} onClick={() => void switching.run()}>{switching.isBusy ? busy : name}</button>
      {switching.error !== undefined && <Dialog title="The action failed" onClose={switching.clear}><Problem error={switching.error} retry={() => void switching.run()} /><div class="actions"><button type="button" onClick={switching.clear}>Close</button></div></Dialog>}
      <a class="button" href={href("webhooks", webhook.id, "edit")}>Edit</a>
      <button type="button" onClick={() => setOpen("rotate")}>Rotate secret</button>
      <button type="button" class="danger" onClick={() => setOpen("delete")}>Delete</button>
      {open === "rotate" && <RotateDialog webhook={webhook} put={put} onClose={close} />}
      {open === "delete" && <DeleteDialog webhook={webhook} onClose={close} />}
    </>
  );
}

const SWITCHES = {
  enabled: { name: "Pause", busy: "Pausing…", done: "Paused. Nothing is sent until you resume it." },
  paused: { name: "Resume", busy: "Resuming…", done: "Resumed. You can recover what it missed." },
  disabled: { name: "Enable again", busy: "Enabling…", done: "Enabled. Its failures are reset. You can recover what it missed." },
} as const;

function DeleteDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const remove = async () => {
    await call("DELETE", `webhooks/${webhook.id}`);
    toast(`“${webhook.name}” was deleted.`);
    go(href("webhooks"), { replace: true });
  };
  return (
    <Confirm title={`Delete “${webhook.name}”?`} action="Delete forever" onDo={remove} onClose={onClose}>
      <p>Nothing is sent to it any more, and its history is deleted too. This cannot be undone.</p>
      <p class="muted">To stop it for a while, pause it instead.</p>
    </Confirm>
  );
}
