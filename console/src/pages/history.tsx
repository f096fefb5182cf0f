// All attempts, newest first, as they are made.
import { useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";
import { listAll, PAGE_SIZE_MAX } from "../api/pages.ts";
import type { Webhook } from "../api/types.ts";
import { Empty, Loading, Note, PageHead, Problem } from "../components/basics.tsx";
import { More } from "../components/loaded.tsx";
import { RecordsTable } from "../components/records.tsx";
import { useLoaded } from "../state/loading.ts";
import { go, href } from "../state/router.ts";
import { FilterForm } from "./history/filter-form.tsx";
import { canGrow, type Filters, filtersOf, isNarrowed, NONE } from "./history/filters.ts";
import { type LiveHistory, useLive } from "./history/use-live.ts";

const look = (filters: Filters) => go(href("history", { ...filters }));

export function HistoryPage({ query }: { query: URLSearchParams }) {
  const filters = filtersOf(query);
  const [isLive, setLive] = useState(true);
  const history = useLive(filters, isLive && canGrow(filters, Date.now()));
  const webhooks = useLoaded((signal) => listAll<Webhook>("webhooks", { query: { limit: PAGE_SIZE_MAX }, signal }), []);
  const types = useLoaded((signal) => listAll<string>("webhooks/actions", { signal }), []);
  const names = new Map((webhooks.value ?? []).map(({ id, name }) => [id, name]));
  const fields = history.error instanceof ApiError ? history.error.fields : {};
  return (
    <>
      <PageHead title="History" note="What was sent, and what came of it.">
        {canGrow(filters, Date.now()) && <LiveSwitch isLive={isLive} onChange={setLive} />}
      </PageHead>
      <FilterForm filters={filters} webhooks={webhooks.value ?? []} types={types.value ?? []} errors={fields} onChange={look} />
      {history.isUnreachable && <Note tone="warn"><p>The service cannot be reached at the moment. This page goes on by itself as soon as it can.</p></Note>}
      <Refusal error={history.error} reload={history.reload} />
      <Fresh history={history} />
      <Records history={history} names={names} filters={filters} />
    </>
  );
}

function LiveSwitch({ isLive, onChange }: { isLive: boolean; onChange: (isLive: boolean) => void }) {
  return (
    <button type="button" class={`live-switch${isLive ? " is-live" : ""}`} title={isLive ? "New attempts appear by themselves. Pause that." : "Let new attempts appear by themselves."} onClick={() => onChange(!isLive)}>
      <span class="visually-hidden">Updates: </span>{isLive ? "Live" : "Paused"}
    </button>
  );
}

/** What the API does not like about the filters; a webhook that is gone is one of them. */
function Refusal({ error, reload }: { error: unknown; reload: () => void }) {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 0) return <Problem error={error} retry={reload} />;
  if (error.status === 404) return <Problem error={new ApiError(404, error.code, "There is no such webhook any more, and its history went with it.")}><a href={href("history")}>Show all webhooks</a></Problem>;
  if (Object.keys(error.fields).length === 0) return <Problem error={error}><a href={href("history")}>Clear the filters</a></Problem>;
  return <Empty title="These filters cannot be used"><p>What is wrong with them stands beside them.</p><button type="button" onClick={() => look(NONE)}>Clear filters</button></Empty>;
}

/** What waits at the top while somebody reads further down. */
function Fresh({ history: { freshCount, bringIn } }: { history: LiveHistory }) {
  const show = () => { bringIn(); scrollTo({ top: 0 }); };
  return <div class="fresh" role="status">{freshCount > 0 && <button type="button" class="primary small" onClick={show}>{freshCount} new<span class="visually-hidden"> at the top. Show</span></button>}</div>;
}

function Records({ history, names, filters }: { history: LiveHistory; names: Map<string, string>; filters: Filters }) {
  const { records, hasMore } = history;
  if (records === undefined) return history.error === undefined && !history.isUnreachable ? <Loading lines={8} what="Loading the history" /> : null;
  return (
    <div class="live-records">
      {records.length > 0 ? <RecordsTable records={records} webhookNames={names} /> : <Nothing isNarrowed={isNarrowed(filters)} hasMore={hasMore} />}
      <More list={history} />
      {!hasMore && records.length > 0 && <p class="muted small-text more">{isNarrowed(filters) ? "That is all for these filters." : "That is all there is; older records are forgotten."}</p>}
    </div>
  );
}

function Nothing({ isNarrowed, hasMore }: { isNarrowed: boolean; hasMore: boolean }) {
  if (hasMore) return <Empty title="Nothing among the newest records"><p>There are older ones to look through.</p></Empty>;
  if (isNarrowed) return <Empty title="Nothing for these filters"><p>There may be something for others.</p><button type="button" onClick={() => look(NONE)}>Clear filters</button></Empty>;
  return (
    <Empty title="Nothing has been sent yet">
      <p>Attempts appear here as they are made, with what was sent and what was answered. A webhook’s page has a test.</p>
      <a class="button" href={href("webhooks")}>Go to the webhooks</a>
    </Empty>
  );
}
