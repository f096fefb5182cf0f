// The settings of a webhook, as its fields declare them, and what the service knows of it.
import type { ComponentChildren } from "preact";
import type { Me, User, Webhook } from "../../api/types.ts";
import { Copy, Fact, Facts, Time } from "../../components/basics.tsx";
import { nameOf, useNames } from "../../state/names.ts";
import { href } from "../../state/router.ts";
import { ENTRIES } from "../../webhook/fields.ts";
import { formOf } from "../../webhook/form.ts";

export function WebhookFacts({ webhook, me }: { webhook: Webhook; me: Me }) {
  const isOwn = String(webhook.createdBy) === String(me.id);
  const owners = useNames<User>(me.role === "admin" && !isOwn ? "users" : null);
  const form = formOf(webhook, true); // a masked value is shown as it is
  const facts = ENTRIES.filter(([, { shownAs }]) => shownAs === undefined);
  const code = ENTRIES.filter(([name, { shownAs }]) => shownAs === "code" && form[name] !== "");
  return (
    <section class="card set-up" aria-labelledby="set-up">
      <div class="card-head">
        <h2 id="set-up">Settings</h2>
        {me.role === "admin" && <a href={href("audit", { webhookId: webhook.id })}>Who changed it</a>}
      </div>
      <Facts>
        {facts.map(([name, field]) => (
          <Fact key={name} name={field.label}>
            {field.inWords(form[name], form) || <span class="muted">{field.unset}</span>}
            {name === "url" && !isOwn && <span class="muted"> (only its owner sees all of it)</span>}
          </Fact>
        ))}
        <Fact name="Owner">{isOwn ? "you" : me.role === "admin" ? <a href={href("users", webhook.createdBy)}>{nameOf(webhook.createdBy, owners)}</a> : `user ${webhook.createdBy}`}</Fact>
        <Fact name="Created"><Time at={webhook.createdAt} /></Fact>
        <Fact name="Changed"><Time at={webhook.updatedAt} /></Fact>
        <Fact name="Consecutive failures">{webhook.health.consecutiveFailures === 0 ? <span class="muted">none</span> : String(webhook.health.consecutiveFailures)}</Fact>
        <Fact name="Id"><span class="mono">{webhook.id}</span></Fact>
      </Facts>
      {code.map(([name, { label, hint }]) => <CodeFact key={name} name={label} text={String(form[name])}>{hint}</CodeFact>)}
      {webhook.publicKey !== null && <CodeFact name="Public key" text={webhook.publicKey}>Anybody who has it can verify the ed25519 signatures, but cannot create them.</CodeFact>}
    </section>
  );
}

function CodeFact({ name, text, children }: { name: string; text: string; children: ComponentChildren }) {
  return (
    <figure class="code-figure set-up-code">
      <figcaption><span>{name}</span><Copy text={text} label={`Copy ${name.toLowerCase()}`} /></figcaption>
      <pre tabIndex={0} aria-label={name}><code>{text}</code></pre>
      <p class="hint">{children}</p>
    </figure>
  );
}
