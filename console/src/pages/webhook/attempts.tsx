// The newest attempts of a webhook, live.
import { useEffect, useRef } from "preact/hooks";
import { list } from "../../api/pages.ts";
import type { RecordSummary } from "../../api/types.ts";
import { Empty } from "../../components/basics.tsx";
import { Loadable } from "../../components/loaded.tsx";
import { RecordsTable } from "../../components/records.tsx";
import { useEvery, useLoaded } from "../../state/loading.ts";
import { href } from "../../state/router.ts";

const SHOWN = 10;
const REFRESH_MS = 3_000;

/** `turn` changes when there are new attempts. `onNew` is called when new attempts were found. */
export function Attempts({ webhookId, isLive, turn, onNew }: { webhookId: string; isLive: boolean; turn: number; onNew: () => void }) {
  const records = useLoaded((signal) => list<RecordSummary>("webhooks/history", { query: { webhookId, limit: SHOWN, bodies: false }, signal }), [webhookId]);
  useEvery(REFRESH_MS, () => records.isLoading || records.reload());
  useEffect(() => { if (turn > 0) records.reload(); }, [turn]);
  const newest = records.value?.items[0]?.id;
  const known = useRef(newest);
  useEffect(() => {
    if (known.current !== undefined && newest !== known.current) onNew();
    known.current = newest;
  }, [newest]);
  return (
    <section class="card" aria-labelledby="attempts">
      <div class="card-head">
        <h2 id="attempts">Recent attempts</h2>
        <a href={href("history", { webhookId })}>Full history</a>
      </div>
      <Loadable from={records} lines={4} what="Loading the attempts">
        {({ items, next }) => (items.length === 0 ? <None hasMore={next !== null} isLive={isLive} /> : <RecordsTable records={items} />)}
      </Loadable>
    </section>
  );
}

function None({ hasMore, isLive }: { hasMore: boolean; isLive: boolean }) {
  if (hasMore) return <p class="muted">None recently. The history has older ones.</p>;
  return <Empty title="Nothing has been sent yet"><p>Attempts appear here when they are made. {isLive ? "Press Test to send one now." : "The webhook must be enabled first."}</p></Empty>;
}
