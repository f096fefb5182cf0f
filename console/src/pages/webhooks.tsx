// The list of webhooks, each with its health.
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
import { useHealth } from "./webhooks/health.ts";
import { matches, type Search, STATES } from "./webhooks/search.ts";

export function WebhooksPage({ me }: { me: Me }) {
  const webhooks = usePaged<Webhook>("webhooks", {});
  const owners = useNames<User>(me.role === "admin" ? "users" : null);
  return (
    <>
      <PageHead title="Webhooks" note={me.role === "admin" ? "The webhooks of all users." : "Your webhooks."}>
        <a class="button primary" href={href("webhooks", "new")}>New webhook</a>
      </PageHead>
      <LoadablePages from={webhooks} lines={6} what="Loading the webhooks">{(items) => <Filtered webhooks={items} hasMore={webhooks.hasMore} owners={me.role === "admin" ? owners : null} />}</LoadablePages>
    </>
  );
}

/** The names of the owners; `null` if all webhooks are the user’s own. */
type Owners = Names | null;

/** Filters the webhooks that are loaded. The API has no search. */
function Filtered({ webhooks, hasMore, owners }: { webhooks: Webhook[]; hasMore: boolean; owners: Owners }) {
  const [search, setSearch] = useState<Search>({ text: "", state: "" });
  if (webhooks.length === 0 && !hasMore) return <None />;
  const found = webhooks.filter((each) => matches(each, search));
  const isFiltered = search.text.trim() !== "" || search.state !== "";
  return (
    <>
      <div class="webhook-filters" role="search">
        <TextField label="Find" value={search.text} onInput={(text) => setSearch({ ...search, text })} placeholder="name or URL" />
        <Select label="State" value={search.state} options={STATES} onChange={(state) => setSearch({ ...search, state })} />
        <p class="muted small-text" role="status">{isFiltered && `${counted(found.length, "webhook")} of ${count(webhooks.length)}${hasMore ? " that are loaded. There are more" : ""}`}</p>
      </div>
      {found.length > 0 ? <Table webhooks={found} owners={owners} /> : (
        <Empty title={hasMore ? "No loaded webhook matches" : "No webhook matches"}>
          <button type="button" onClick={() => setSearch({ text: "", state: "" })}>Show all</button>
        </Empty>
      )}
    </>
  );
}

function None() {
  return (
    <Empty title="No webhooks yet">
      <p>A webhook sends a request to your URL when something happens that you subscribe to.</p>
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
          <th scope="col">Types</th>
        </tr>
      </thead>
      <tbody>{webhooks.map((each) => <Row key={each.id} webhook={each} owners={owners} />)}</tbody>
    </table>
  );
}

function Row({ webhook, owners }: { webhook: Webhook; owners: Owners }) {
  const row = useRef<HTMLTableRowElement>(null);
  const health = useHealth(webhook.id, row);
  return (
    <tr ref={row}>
      <td data-label="Webhook"><span><a class="webhook-name" href={href("webhooks", webhook.id)}>{webhook.name}</a><span class="webhook-url mono">{webhook.url}</span></span></td>
      {owners && <td data-label="Owner" class="webhook-owner"><a class="plain-link" href={href("users", webhook.createdBy)}>{nameOf(webhook.createdBy, owners)}</a></td>}
      <td data-label="State"><StateBadge webhook={webhook} /></td>
      <td data-label="Last attempt">{health === undefined ? <span class="muted">…</span> : <Last record={health.last} />}</td>
      <td data-label="Last 24 hours">{health?.stats ? <Sparkline hours={health.stats.hours} /> : <span class="muted">…</span>}</td>
      <td data-label="Types" class="webhook-types">{typesOf(webhook)}</td>
    </tr>
  );
}

function Last({ record }: { record: RecordSummary | undefined }) {
  if (record === undefined) return <span class="muted">none yet</span>;
  return <span><OutcomeBadge record={record} /> <a href={href("history", record.id)}><Time at={record.startedAt} /></a></span>;
}

function typesOf(webhook: Webhook): string {
  const types = webhook.notificationType;
  if (types.includes("ALL_NOTIFICATIONS")) return webhook.global ? "all, for all users" : "all";
  const named = types.length <= 2 ? types.join(", ") : `${types[0]} and ${types.length - 1} more`;
  return webhook.global ? `${named}, for all users` : named;
}
