// The list of webhooks, each with its health at a glance.
import { useRef, useState } from "preact/hooks";
import type { Me, RecordSummary, User, Webhook } from "../api/types.ts";
import { Empty, PageHead, Time } from "../components/basics.tsx";
import { Select, TextField } from "../components/form.tsx";
import { Sparkline, StateBadge } from "../components/health.tsx";
import { LoadablePages } from "../components/loaded.tsx";
import { OutcomeBadge } from "../components/records.tsx";
import { usePaged } from "../state/loading.ts";
import { nameOf, type Names, useNames } from "../state/names.ts";
import { href } from "../state/router.ts";
import { count, counted } from "../text/format.ts";
import { useGlance } from "./webhooks/glance.ts";
import { matches, type Sought, STATES } from "./webhooks/sought.ts";

export function WebhooksPage({ me }: { me: Me }) {
  const webhooks = usePaged<Webhook>("webhooks", {});
  const owners = useNames<User>(me.role === "admin" ? "users" : null);
  return (
    <>
      <PageHead title="Webhooks" note={me.role === "admin" ? "Everybody’s webhooks." : "Your webhooks: what is sent where."}>
        <a class="button primary" href={href("webhooks", "new")}>New webhook</a>
      </PageHead>
      <LoadablePages from={webhooks} lines={6} what="Loading the webhooks">{(items) => <Filtered webhooks={items} hasMore={webhooks.hasMore} owners={me.role === "admin" ? owners : null} />}</LoadablePages>
    </>
  );
}

/** Whose names stand beside the webhooks; `null` where all are of whoever looks. */
type Owners = Names | null;

/** Finds among those that are loaded; the API has no search. */
function Filtered({ webhooks, hasMore, owners }: { webhooks: Webhook[]; hasMore: boolean; owners: Owners }) {
  const [sought, setSought] = useState<Sought>({ text: "", state: "" });
  if (webhooks.length === 0 && !hasMore) return <None />;
  const found = webhooks.filter((each) => matches(each, sought));
  const isFiltered = sought.text.trim() !== "" || sought.state !== "";
  return (
    <>
      <div class="webhook-filters" role="search">
        <TextField label="Find" value={sought.text} onInput={(text) => setSought({ ...sought, text })} placeholder="name or URL" />
        <Select label="State" value={sought.state} options={STATES} onChange={(state) => setSought({ ...sought, state })} />
        <p class="muted small-text" role="status">{isFiltered && `${counted(found.length, "webhook")} of ${count(webhooks.length)}${hasMore ? " that are loaded; there are more" : ""}`}</p>
      </div>
      {found.length > 0 ? <Table webhooks={found} owners={owners} /> : (
        <Empty title={hasMore ? "None of those that are loaded" : "None matches"}>
          <button type="button" onClick={() => setSought({ text: "", state: "" })}>Show all again</button>
        </Empty>
      )}
    </>
  );
}

function None() {
  return (
    <Empty title="No webhooks yet">
      <p>A webhook sends a request to an address of yours whenever something happens that you chose.</p>
      <a class="button primary" href={href("webhooks", "new")}>Create the first one</a>
    </Empty>
  );
}

function Table({ webhooks, owners }: { webhooks: Webhook[]; owners: Owners }) {
  return (
    <table class="stack webhooks">
      <caption class="visually-hidden">{counted(webhooks.length, "webhook")}</caption>
      <thead>
        <tr>
          <th scope="col">Webhook</th>
          {owners && <th scope="col">Owner</th>}
          <th scope="col">State</th>
          <th scope="col">Last attempt</th>
          <th scope="col">Last 24 hours</th>
          <th scope="col">Hears of</th>
        </tr>
      </thead>
      <tbody>{webhooks.map((each) => <Row key={each.id} webhook={each} owners={owners} />)}</tbody>
    </table>
  );
}

function Row({ webhook, owners }: { webhook: Webhook; owners: Owners }) {
  const row = useRef<HTMLTableRowElement>(null);
  const glance = useGlance(webhook.id, row);
  return (
    <tr ref={row}>
      <td data-label="Webhook"><span><a class="webhook-name" href={href("webhooks", webhook.id)}>{webhook.name}</a><span class="webhook-url mono">{webhook.url}</span></span></td>
      {owners && <td data-label="Owner" class="webhook-owner"><a class="plain-link" href={href("users", webhook.createdBy)}>{nameOf(webhook.createdBy, owners)}</a></td>}
      <td data-label="State"><StateBadge webhook={webhook} /></td>
      <td data-label="Last attempt">{glance === undefined ? <span class="muted">…</span> : <Last record={glance.last} />}</td>
      <td data-label="Last 24 hours">{glance?.stats ? <Sparkline hours={glance.stats.hours} /> : <span class="muted">…</span>}</td>
      <td data-label="Hears of" class="webhook-hears">{hearsOf(webhook)}</td>
    </tr>
  );
}

function Last({ record }: { record: RecordSummary | undefined }) {
  if (record === undefined) return <span class="muted">none yet</span>;
  return <span><OutcomeBadge record={record} /> <a href={href("history", record.id)}><Time at={record.startedAt} /></a></span>;
}

function hearsOf(webhook: Webhook): string {
  const types = webhook.notificationType;
  if (types.includes("ALL_NOTIFICATIONS")) return webhook.global ? "everything" : "all types";
  const named = types.length <= 2 ? types.join(", ") : `${types[0]} and ${types.length - 1} more`;
  return webhook.global ? `everybody’s ${named}` : named;
}
