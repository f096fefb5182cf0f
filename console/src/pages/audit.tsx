// Who changed what, newest first, for admins.
import type { AuditLine, User, Webhook } from "../api/types.ts";
import { Empty, PageHead, Time } from "../components/basics.tsx";
import { LoadablePages } from "../components/loaded.tsx";
import { usePaged } from "../state/loading.ts";
import { nameOf, type Names, useNames } from "../state/names.ts";
import { href } from "../state/router.ts";
import { counted } from "../text/format.ts";
import { actionInWords, namesIn } from "../text/audit.ts";
import { Changes } from "./audit/changes.tsx";
import { AuditFilters } from "./audit/filters.tsx";

export function AuditPage({ query }: { query: URLSearchParams }) {
  const filters = { webhookId: query.get("webhookId") ?? "", since: query.get("since") ?? "", until: query.get("until") ?? "" };
  const lines = usePaged<AuditLine>("audit", filters);
  const users = useNames<User>("users");
  const webhooks = useNames<Webhook>("webhooks");
  const isFiltered = Object.values(filters).some((each) => each !== "");
  return (
    <>
      <PageHead title="Audit" note="Who changed what. It contains no secrets." />
      <AuditFilters key={query.toString()} filters={filters} />
      <LoadablePages from={lines} lines={8} what="Loading the audit">{(items) => <Lines lines={items} users={users} webhooks={webhooks} isFiltered={isFiltered} hasMore={lines.hasMore} />}</LoadablePages>
    </>
  );
}

function Lines({ lines, users, webhooks, isFiltered, hasMore }: { lines: AuditLine[]; users: Names; webhooks: Names; isFiltered: boolean; hasMore: boolean }) {
  if (lines.length === 0 && !hasMore) {
    return isFiltered
      ? <Empty title="No changes match these filters"><a class="button" href={href("audit")}>Show all changes</a></Empty>
      : <Empty title="No changes yet"><p>This page lists who creates, changes or deletes webhooks, users and keys.</p></Empty>;
  }
  const names = new Map([...namesIn(lines), ...webhooks]);
  return (
    <table class="stack audit">
      <caption class="visually-hidden">{counted(lines.length, "change")}, newest first</caption>
      <thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Changes</th></tr></thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id}>
            <td data-label="Time"><Time at={line.at} /></td>
            <td data-label="Who"><Person id={line.actor} users={users} /></td>
            <td data-label="What"><span>{actionInWords(line.action)} <Target line={line} users={users} webhooks={names} /></span></td>
            <td data-label="Changes"><Changes line={line} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Person({ id, users }: { id: string | number; users: Names }) {
  if (id === "posthorn") return <span class="muted">the service</span>;
  return <a class="plain-link" href={href("users", id)}>{nameOf(id, users)}</a>;
}

/** What was changed: a webhook, which may be deleted, or a key or a user. */
function Target({ line: { action, webhookId, userId, keyId }, users, webhooks }: { line: AuditLine; users: Names; webhooks: Names }) {
  if (webhookId !== null) {
    const name = webhooks.get(webhookId) ?? webhookId;
    return (
      <>
        {action === "webhookDeleted" ? <strong>{name}</strong> : <a href={href("webhooks", webhookId)}>{name}</a>}
        {userId !== null && <span class="muted"> of <Person id={userId} users={users} /></span>}
        {" "}<a class="small-text" href={href("audit", { webhookId })}>only this<span class="visually-hidden">: changes of {name}</span></a>
      </>
    );
  }
  return <>{keyId !== null && <><span class="mono">{keyId}</span> of </>}{userId !== null && <Person id={userId} users={users} />}</>;
}
