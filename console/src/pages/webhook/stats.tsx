// The statistics of a webhook for the last day, week or month.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { Stats } from "../../api/types.ts";
import { Fact, Facts, Note } from "../../components/basics.tsx";
import { Loadable } from "../../components/loaded.tsx";
import { useEvery, useLoaded } from "../../state/loading.ts";
import { href } from "../../state/router.ts";
import { count, duration } from "../../text/format.ts";
import { causeInWords } from "../../text/words.ts";
import { failuresIn, HOUR_MS } from "./buckets.ts";
import { AttemptsChart, TimesChart } from "./charts.tsx";

const SPANS = [["24 hours", 24], ["7 days", 168], ["30 days", 720]] as const;
const BY_DAY_FROM_HOURS = 720; // a bar for each hour would be thinner than a pixel
const REFRESH_MS = 60_000;
const REFRESH_AT_NEWS_MS = 10_000; // counting is more expensive than requesting the newest attempts
const COUNT_ON_MS = 1_000;

/** `turn` changes when the statistics should be requested immediately, `news` when they should be requested soon. */
export function StatsCard({ webhookId, turn, news }: { webhookId: string; turn: number; news: number }) {
  const [hours, setHours] = useState<number>(SPANS[0][1]);
  const load = (signal: AbortSignal) => call<Stats>("GET", `webhooks/${webhookId}/stats`, { query: { since: new Date(Date.now() - hours * HOUR_MS).toISOString() }, signal });
  const stats = useLoaded(load, [webhookId, hours]);
  useEvery(REFRESH_MS, () => stats.isLoading || stats.reload());
  const counted = useRef(news);
  useEvery(REFRESH_AT_NEWS_MS, () => {
    if (counted.current === news || stats.isLoading) return;
    counted.current = news;
    stats.reload();
  });
  useEffect(() => { if (turn > 0) stats.reload(); }, [turn]);
  useEffect(() => {
    if (stats.value?.isComplete !== false) return;
    const timer = setTimeout(stats.reload, COUNT_ON_MS); // the next request continues counting
    return () => clearTimeout(timer);
  }, [stats.value]);
  return (
    <section class="card" aria-labelledby="stats">
      <div class="card-head">
        <h2 id="stats">Statistics</h2>
        <div class="switch" role="group" aria-label="Period">
          {SPANS.map(([name, each]) => <button type="button" class="small" key={each} aria-pressed={hours === each} onClick={() => setHours(each)}>{name}</button>)}
        </div>
      </div>
      <Loadable from={stats} lines={6} what="Loading the statistics">{(value) => <Totals stats={value} webhookId={webhookId} isByDay={hours >= BY_DAY_FROM_HOURS} />}</Loadable>
    </section>
  );
}

function Totals({ stats, webhookId, isByDay }: { stats: Stats; webhookId: string; isByDay: boolean }) {
  const { succeeded, failed, responseTimeMs } = stats.totals;
  const all = succeeded + failuresIn(failed);
  return (
    <>
      {!stats.isComplete && <Note>The service is still counting. The numbers are not complete yet.</Note>}
      <Facts>
        <Fact name="Attempts"><span class="big-number">{count(all)}</span></Fact>
        <Fact name="Succeeded"><span class="big-number">{all === 0 ? "–" : share(succeeded, all)}</span></Fact>
        <Fact name="Half of the responses within"><span class="big-number">{responseTimeMs ? duration(responseTimeMs.p50) : "–"}</span></Fact>
        <Fact name="99 of 100 within"><span class="big-number">{responseTimeMs ? duration(responseTimeMs.p99) : "–"}</span></Fact>
      </Facts>
      {all === 0 ? <p class="muted nothing-sent">Nothing was sent in this period.</p> : <><AttemptsChart stats={stats} isByDay={isByDay} /><TimesChart stats={stats} /></>}
      <Causes failed={failed} webhookId={webhookId} />
    </>
  );
}

/** Never “100 %” while there is a failure. */
function share(part: number, all: number): string {
  const percent = (100 * part) / all;
  return `${percent > 99 && percent < 100 ? (Math.floor(percent * 100) / 100).toFixed(2) : Math.round(percent)} %`;
}

function Causes({ failed, webhookId }: { failed: Record<string, number>; webhookId: string }) {
  const causes = Object.entries(failed).sort(([, one], [, other]) => other - one);
  const most = causes[0]?.[1] ?? 1;
  if (causes.length === 0) return null;
  return (
    <div class="causes">
      <div class="card-head"><h3>Why attempts failed</h3><a href={href("history", { webhookId, outcome: "failed" })}>Failed attempts</a></div>
      <ul>
        {causes.map(([cause, times]) => (
          <li key={cause}><span>{causeInWords(cause)}</span><span class="cause-bar" style={{ width: `${(60 * times) / most}%` }} /><strong>{count(times)}</strong></li>
        ))}
      </ul>
    </div>
  );
}
