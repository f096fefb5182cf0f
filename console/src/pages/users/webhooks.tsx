// A user's webhooks. The API lists an admin everybody's, so the user's are picked out here, from some pages at the most.
import { list } from "../../api/client.ts";
import type { User, Webhook } from "../../api/types.ts";
import { Loading, Problem } from "../../components/basics.tsx";
import { StateBadge } from "../../components/health.tsx";
import { useLoaded } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { count, counted } from "../../text/format.ts";

const PAGE = 200; // the API's most
const PAGES_MAX = 5;

interface Found { webhooks: Webhook[]; isAll: boolean }

export function WebhooksOf({ owner }: { owner: User }) {
  const { value, error, reload } = useLoaded((signal) => webhooksOf(owner.id, signal), [owner.id]);
  return (
    <section class="card" aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <Problem error={error} retry={reload} />
      {value === undefined ? error === undefined && <Loading what="Loading the webhooks" /> : <List found={value} />}
    </section>
  );
}

function List({ found: { webhooks, isAll } }: { found: Found }) {
  return (
    <>
      {webhooks.length === 0 && <p class="muted">{isAll ? "None." : "None among these."}</p>}
      <ul class="plain-list" aria-label={counted(webhooks.length, "webhook")}>
        {webhooks.map((each) => <li key={each.id}><a href={href("webhooks", each.id)}>{each.name}</a> <StateBadge webhook={each} /></li>)}
      </ul>
      {!isAll && <p class="hint">Of the first {count(PAGE * PAGES_MAX)} webhooks of everybody. <a href={href("webhooks")}>All webhooks</a></p>}
    </>
  );
}

async function webhooksOf(ownerId: User["id"], signal: AbortSignal): Promise<Found> {
  const webhooks: Webhook[] = [];
  let page = await list<Webhook>("webhooks", { query: { limit: PAGE }, signal });
  for (let pages = 1; ; pages += 1) {
    webhooks.push(...page.items.filter((each) => each.createdBy === ownerId));
    if (page.next === null || pages === PAGES_MAX) return { webhooks, isAll: page.next === null };
    page = await list<Webhook>(page.next, { signal });
  }
}
