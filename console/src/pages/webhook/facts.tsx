// How a webhook is set up.
import type { ComponentChildren } from "preact";
import type { Me, User, Webhook } from "../../api/types.ts";
import { Copy, Fact, Facts, Time } from "../../components/basics.tsx";
import { nameOf, useNames } from "../../state/names.ts";
import { href } from "../../state/router.ts";
import { counted } from "../../text/format.ts";
import { scheduleInWords } from "../../text/words.ts";

const FORMATS: Record<Webhook["format"], string> = {
  slack: "Slack", standard: "Standard Webhooks", discord: "Discord", teams: "Microsoft Teams", googlechat: "Google Chat", mattermost: "Mattermost",
};
const AUTHENTICATIONS: Record<string, string> = { basic: "a user name and a password", bearer: "a bearer token", oauth2: "OAuth 2 client credentials" };
const THEIRS = <span class="muted">the service’s own</span>;
const NONE = <span class="muted">none</span>;

export function WebhookFacts({ webhook, me }: { webhook: Webhook; me: Me }) {
  const isOwn = String(webhook.createdBy) === String(me.id);
  const owners = useNames<User>(me.role === "admin" && !isOwn ? "users" : null);
  const headers = Object.keys(webhook.headers);
  return (
    <section class="card set-up" aria-labelledby="set-up">
      <div class="card-head">
        <h2 id="set-up">Set-up</h2>
        {me.role === "admin" && <a href={href("audit", { webhookId: webhook.id })}>Who changed it</a>}
      </div>
      <Facts>
        <Fact name="URL"><span class="mono">{webhook.url}</span>{!isOwn && <span class="muted"> (only its owner sees all of it)</span>}</Fact>
        <Fact name="Notification types">{webhook.notificationType.includes("ALL_NOTIFICATIONS") ? "all" : webhook.notificationType.join(", ")}</Fact>
        <Fact name="Hears of">{scope(webhook)}</Fact>
        <Fact name="Format">{FORMATS[webhook.format] ?? webhook.format}</Fact>
        <Fact name="Headers of its own">{headers.length === 0 ? NONE : headers.map((name) => <span class="mono header-name" key={name}>{name}</span>)}</Fact>
        <Fact name="Authentication">{webhook.authentication === null ? NONE : AUTHENTICATIONS[String(webhook.authentication["type"])] ?? String(webhook.authentication["type"])}</Fact>
        <Fact name="Deadline of an attempt">{webhook.timeoutSeconds === null ? THEIRS : `${webhook.timeoutSeconds} s`}</Fact>
        <Fact name="Tried again">{webhook.retrySchedule === null ? THEIRS : scheduleInWords(webhook.retrySchedule)}</Fact>
        <Fact name="Rate limit">{webhook.rateLimitPerSecond === null ? NONE : rate(webhook.rateLimitPerSecond)}</Fact>
        <Fact name="Records are kept for">{webhook.retentionDays === null ? THEIRS : counted(webhook.retentionDays, "day")}</Fact>
        <Fact name="Owner">{isOwn ? "you" : me.role === "admin" ? <a href={href("users", webhook.createdBy)}>{nameOf(webhook.createdBy, owners)}</a> : `user ${webhook.createdBy}`}</Fact>
        <Fact name="Created"><Time at={webhook.createdAt} /></Fact>
        <Fact name="Changed"><Time at={webhook.updatedAt} /></Fact>
        <Fact name="Last failures in a row">{webhook.health.consecutiveFailures === 0 ? NONE : String(webhook.health.consecutiveFailures)}</Fact>
        <Fact name="Id"><span class="mono">{webhook.id}</span></Fact>
      </Facts>
      {webhook.filter !== null && <Expression name="Filter" text={webhook.filter}>Only notifications for which this JMESPath finds something are delivered.</Expression>}
      {webhook.transform !== null && <Expression name="Transform" text={webhook.transform}>The body is what this JMESPath makes of the notification.</Expression>}
      {webhook.publicKey !== null && <Expression name="Public key" text={webhook.publicKey}>Whoever has it can verify the ed25519 signatures, and cannot make them.</Expression>}
    </section>
  );
}

function Expression({ name, text, children }: { name: string; text: string; children: ComponentChildren }) {
  return (
    <figure class="code-figure set-up-code">
      <figcaption><span>{name}</span><Copy text={text} label={`Copy ${name.toLowerCase()}`} /></figcaption>
      <pre tabIndex={0} aria-label={name}><code>{text}</code></pre>
      <p class="hint">{children}</p>
    </figure>
  );
}

function scope(webhook: Webhook): string {
  if (webhook.global) return "everything that happens";
  if (webhook.actionType === "triggered") return "what its owner did";
  return webhook.actionType === "received" ? "what is for its owner" : "what its owner did, and what is for them";
}

function rate(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond} a second` : `one every ${Number((1 / perSecond).toPrecision(3))} s`;
}
