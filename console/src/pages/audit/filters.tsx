// The filters of the audit. They are in the address, so it can be shared.
import { useState } from "preact/hooks";
import { TextField } from "../../components/form.tsx";
import { go, href } from "../../state/router.ts";
import { fromLocalInput, toLocalInput } from "../../text/times.ts";

export interface Filters { webhookId: string; since: string; until: string }

export function AuditFilters({ filters }: { filters: Filters }) {
  const [webhookId, setWebhookId] = useState(filters.webhookId);
  const [since, setSince] = useState(inputOf(filters.since));
  const [until, setUntil] = useState(inputOf(filters.until));
  const isFiltered = Object.values(filters).some((each) => each !== "");
  const apply = () => go(href("audit", { webhookId: webhookId.trim(), since: fromLocalInput(since), until: fromLocalInput(until) }));
  return (
    <form class="audit-filters" aria-label="Filters" onSubmit={(event) => { event.preventDefault(); apply(); }}>
      <TextField label="Webhook id" value={webhookId} onInput={setWebhookId} placeholder="wh_…" />
      <TextField label="Since" type="datetime-local" value={since} onInput={setSince} />
      <TextField label="Until" type="datetime-local" value={until} onInput={setUntil} />
      <div class="audit-filters-buttons">
        <button type="submit">Show</button>
        {isFiltered && <a class="button quiet" href={href("audit")}>Clear</a>}
      </div>
    </form>
  );
}

/** The address may contain anything. */
function inputOf(at: string): string {
  return Number.isNaN(Date.parse(at)) ? "" : toLocalInput(at);
}
