// The one time that a secret is shown.
import { useEffect, useState } from "preact/hooks";
import type { WebhookWithSecret } from "../../api/types.ts";
import { Copy, Note, PageHead } from "../../components/basics.tsx";
import { Checkbox } from "../../components/form.tsx";
import { go, href } from "../../state/router.ts";
import { useLeavingGuard } from "./use-draft.ts";

/** Stays, also when one comes back here, until somebody says that the secret is in a safe place. */
export function Created({ webhook, onDone }: { webhook: WebhookWithSecret; onDone: () => void }) {
  const [isSafe, setSafe] = useState(false);
  useLeavingGuard(true);
  useEffect(() => { document.querySelector<HTMLElement>("h1")?.focus(); scrollTo(0, 0); }, []); // it takes the place of the form
  const leave = () => { onDone(); go(href("webhooks", webhook.id), { replace: true }); };
  return (
    <div class="created">
      <PageHead title={`“${webhook.name}” was created`} note="It is called from now on. One thing is left to do." />
      <Note tone="warn">This secret is shown here once, and nowhere else. Put it where your receiver finds it.</Note>
      <Once label="Secret" text={webhook.secret}>It signs the webhook’s requests, so that your receiver knows them to be from here.</Once>
      {webhook.publicKey && <Once label="Public key" text={webhook.publicKey}>It verifies the second signature (v1a). It is no secret, and the webhook’s page shows it too.</Once>}
      <h2>To verify a request</h2>
      <ol class="steps">
        <li>Take its headers <code>webhook-id</code>, <code>webhook-timestamp</code> and <code>webhook-signature</code>, and its body as it came, before it is parsed.</li>
        <li>The signature is <code>v1,</code> and the base64 of HMAC-SHA256 over <code>id.timestamp.body</code>. Its key is what stands behind <code>whsec_</code>, decoded from base64.</li>
        <li>Or let a library of standardwebhooks.com do it: <code>Webhook(secret).verify(body, headers)</code> also refuses what is older than five minutes.</li>
      </ol>
      <Checkbox label="I have put the secret in a safe place" checked={isSafe} onChange={setSafe} hint="Lost ones cannot be shown again, only exchanged for new ones on the webhook’s page." />
      <button type="button" class="primary" disabled={!isSafe} onClick={leave}>Go to the webhook</button>
    </div>
  );
}

function Once({ label, text, children }: { label: string; text: string; children: string }) {
  return (
    <div class="once">
      <div class="once-head"><strong>{label}</strong><Copy text={text} label={`Copy ${label.toLowerCase()}`} /></div>
      <code class="once-text">{text}</code>
      <p class="hint">{children}</p>
    </div>
  );
}
