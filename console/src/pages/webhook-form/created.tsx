// The secret of a new webhook, which is shown once.
import { useEffect, useState } from "preact/hooks";
import type { WebhookWithSecret } from "../../api/types.ts";
import { Copy, Note, PageHead } from "../../components/basics.tsx";
import { Checkbox } from "../../components/form.tsx";
import { go, href } from "../../state/router.ts";
import { useLeavingGuard } from "./use-draft.ts";

/** It stays, also after leaving the page, until somebody confirms that the secret is in a safe place. */
export function Created({ webhook, onDone }: { webhook: WebhookWithSecret; onDone: () => void }) {
  const [isSafe, setSafe] = useState(false);
  useLeavingGuard(true);
  useEffect(() => { document.querySelector<HTMLElement>("h1")?.focus(); scrollTo(0, 0); }, []); // it replaces the form
  const leave = () => { onDone(); go(href("webhooks", webhook.id), { replace: true }); };
  return (
    <div class="created">
      <PageHead title={`“${webhook.name}” was created`} note="It receives notifications from now on. One thing is left to do." />
      <Note tone="warn">This secret is shown only once. Store it where your receiver can read it.</Note>
      <Secret label="Secret" text={webhook.secret}>It signs the webhook’s requests, so that your receiver can verify them.</Secret>
      {webhook.publicKey && <Secret label="Public key" text={webhook.publicKey}>It verifies the second signature (v1a). It is not a secret. The webhook’s page shows it too.</Secret>}
      <h2>How to verify a request</h2>
      <ol class="steps">
        <li>Read the headers <code>webhook-id</code>, <code>webhook-timestamp</code> and <code>webhook-signature</code>, and the raw body before you parse it.</li>
        <li>The signature is <code>v1,</code> and the base64 of HMAC-SHA256 over <code>id.timestamp.body</code>. The key is the part after <code>whsec_</code>, decoded from base64.</li>
        <li>Or use a library from standardwebhooks.com: <code>Webhook(secret).verify(body, headers)</code> also refuses requests older than five minutes.</li>
      </ol>
      <Checkbox label="I have stored the secret in a safe place" checked={isSafe} onChange={setSafe} hint="It cannot be shown again. If you lose it, rotate it on the webhook’s page." />
      <button type="button" class="primary" disabled={!isSafe} onClick={leave}>Go to the webhook</button>
    </div>
  );
}

function Secret({ label, text, children }: { label: string; text: string; children: string }) {
  return (
    <div class="once">
      <div class="once-head"><strong>{label}</strong><Copy text={text} label={`Copy ${label.toLowerCase()}`} /></div>
      <code class="once-text">{text}</code>
      <p class="hint">{children}</p>
    </div>
  );
}
