// All attempts, newest first, live.
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
import { canGrow, type Filters, filtersOf, isFiltered, NONE } from "./history/filters.ts";
import { type LiveHistory, useLive } from "./history/use-live.ts";

const applyFilters = (filters: Filters) => go(href("history", { ...filters }));

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
      <PageHead title="History" note="All requests, and how receivers responded.">
        {canGrow(filters, Date.now()) && <LiveSwitch isLive={isLive} onChange={setLive} />}
      </PageHead>
      <FilterForm filters={filters} webhooks={webhooks.value ?? []} types={types.value ?? []} errors={fields} onChange={applyFilters} />
      {history.isUnreachable && <Note tone="warn"><p>The service cannot be reached at the moment. This page continues automatically.</p></Note>}
      <FilterError error={history.error} reload={history.reload} />
      <Fresh history={history} />
      <Records history={history} names={names} filters={filters} />
    </>
  );
}

function LiveSwitch({ isLive, onChange }: { isLive: boolean; onChange: (isLive: boolean) => void }) {
  return (
    <button type="button" class={`live-switch${isLive ? " is-live" : ""}`} title={isLive ? "New attempts appear automatically. Click to pause." : "Click to show new attempts automatically."} onClick={() => onChange(!isLive)}>
      <span class="visually-hidden">Updates: </span>{isLive ? "Live" : "Paused"}
    </button>
  );
}

/** An error of the API about the filters, for example a deleted webhook. */
function FilterError({ error, reload }: { error: unknown; reload: () => void }) {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 0) return <Problem error={error} retry={reload} />;
  if (error.status === 404) return <Problem error={new ApiError(404, error.code, "This webhook does not exist any more. Its history was deleted with it.")}><a href={href("history")}>Show all webhooks</a></Problem>;
  if (Object.keys(error.fields).length === 0) return <Problem error={error}><a href={href("history")}>Clear the filters</a></Problem>;
  return <Empty title="These filters cannot be used"><p>The reason is next to the filter.</p><button type="button" onClick={() => applyFilters(NONE)}>Clear filters</button></Empty>;
}

/** New records, while somebody reads further down. */
function Fresh({ history: { freshCount, showFresh } }: { history: LiveHistory }) {
  const show = () => { showFresh(); scrollTo({ top: 0 }); };
  return <div class="fresh" role="status">{freshCount > 0 && <button type="button" class="primary small" onClick={show}>{freshCount} new<span class="visually-hidden"> at the top. Show</span></button>}</div>;
}

function Records({ history, names, filters }: { history: LiveHistory; names: Map<string, string>; filters: Filters }) {
  const { records, hasMore } = history;
  if (records === undefined) return history.error === undefined && !history.isUnreachable ? <Loading lines={8} what="Loading the history" /> : null;
  return (
    <div class="live-records">
      {records.length > 0 ? <RecordsTable records={records} webhookNames={names} /> : <Nothing isFiltered={isFiltered(filters)} hasMore={hasMore} />}
      <More list={history} />
      {!hasMore && records.length > 0 && <p class="muted small-text more">{isFiltered(filters) ? "These are all records that match." : "These are all records. Older ones were deleted."}</p>}
    </div>
  );
}

function Nothing({ isFiltered, hasMore }: { isFiltered: boolean; hasMore: boolean }) {
  if (hasMore) return <Empty title="No match among the newest records"><p>There are older records.</p></Empty>;
  if (isFiltered) return <Empty title="No records match these filters"><p>Try other filters.</p><button type="button" onClick={() => applyFilters(NONE)}>Clear filters</button></Empty>;
  return (
    <Empty title="Nothing has been sent yet">
      <p>Attempts appear here with their requests and responses. To send a test, open a webhook.</p>
      <a class="button" href={href("webhooks")}>Go to the webhooks</a>
    </Empty>
  );
}
