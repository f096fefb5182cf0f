// Which lines of the audit; kept in the address, so that it can be passed on.
import { useState } from "preact/hooks";
import { TextField } from "../../components/form.tsx";
import { go, href } from "../../state/router.ts";
import { fromLocalInput, toLocalInput } from "../../text/times.ts";

export interface AuditWanted { webhookId: string; since: string; until: string }

export function AuditFilters({ wanted }: { wanted: AuditWanted }) {
  const [webhookId, setWebhookId] = useState(wanted.webhookId);
  const [since, setSince] = useState(inputOf(wanted.since));
  const [until, setUntil] = useState(inputOf(wanted.until));
  const isFiltered = Object.values(wanted).some((each) => each !== "");
  const apply = () => go(href("audit", { webhookId: webhookId.trim(), since: fromLocalInput(since), until: fromLocalInput(until) }));
  return (
    <form class="audit-filters" aria-label="Filter" onSubmit={(event) => { event.preventDefault(); apply(); }}>
      <TextField label="Webhook’s id" value={webhookId} onInput={setWebhookId} placeholder="wh_…" />
      <TextField label="Since" type="datetime-local" value={since} onInput={setSince} />
      <TextField label="Until" type="datetime-local" value={until} onInput={setUntil} />
      <div class="audit-filters-buttons">
        <button type="submit">Show</button>
        {isFiltered && <a class="button quiet" href={href("audit")}>Clear</a>}
      </div>
    </form>
  );
}

/** An address may hold anything. */
function inputOf(at: string): string {
  return Number.isNaN(Date.parse(at)) ? "" : toLocalInput(at);
}
