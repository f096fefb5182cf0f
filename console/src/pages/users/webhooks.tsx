// A user's webhooks. The API returns all webhooks to an admin, so they are filtered here, from a limited number of pages.
import { extended, list, PAGE_SIZE_MAX } from "../../api/pages.ts";
import type { User, Webhook } from "../../api/types.ts";
import { StateBadge } from "../../components/health.tsx";
import { Loadable } from "../../components/loaded.tsx";
import { useLoaded } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { count, counted } from "../../text/format.ts";

const PAGES_MAX = 5;

interface Found { webhooks: Webhook[]; isAll: boolean }

export function WebhooksOf({ owner }: { owner: User }) {
  const found = useLoaded((signal) => webhooksOf(owner.id, signal), [owner.id]);
  return (
    <section class="card" aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <Loadable from={found} what="Loading the webhooks">{(value) => <List found={value} />}</Loadable>
    </section>
  );
}

function List({ found: { webhooks, isAll } }: { found: Found }) {
  return (
    <>
      {webhooks.length === 0 && <p class="muted">{isAll ? "No webhooks." : "No webhooks among these."}</p>}
      <ul class="plain-list" aria-label={counted(webhooks.length, "webhook")}>
        {webhooks.map((each) => <li key={each.id}><a href={href("webhooks", each.id)}>{each.name}</a> <StateBadge webhook={each} /></li>)}
      </ul>
      {!isAll && <p class="hint">Only the first {count(PAGE_SIZE_MAX * PAGES_MAX)} webhooks of all users were searched. <a href={href("webhooks")}>All webhooks</a></p>}
    </>
  );
}

async function webhooksOf(ownerId: User["id"], signal: AbortSignal): Promise<Found> {
  const first = await list<Webhook>("webhooks", { query: { limit: PAGE_SIZE_MAX }, signal });
  const { items, next } = await extended(first, (_, pages) => pages === PAGES_MAX, signal);
  return { webhooks: items.filter((each) => each.createdBy === ownerId), isAll: next === null };
}
