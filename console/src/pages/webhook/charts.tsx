// The two charts of a webhook, each with a table of its numbers.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { Stats } from "../../api/types.ts";
import { Chart, type Moment, momentInWords, type Series } from "../../components/chart.tsx";
import { count, counted, duration } from "../../text/format.ts";
import { type Bucket, daysOf, failuresIn, hoursOf, stacked } from "./buckets.ts";

/** Successful attempts, with failed attempts on top. */
export function AttemptsChart({ stats, isByDay }: { stats: Stats; isByDay: boolean }) {
  const buckets = useMemo(() => (isByDay ? daysOf(hoursOf(stats)) : hoursOf(stats)), [stats, isByDay]);
  const failed = failuresIn(stats.totals.failed);
  const heights = stacked(buckets);
  const series: Series[] = [
    // The whole bar is first, so that the successful attempts cover its lower part.
    { name: "Failed", token: "--bar-bad", drawn: heights.total, textAt: (index) => count(buckets[index]?.failed ?? 0), total: count(failed) },
    { name: "Succeeded", token: "--bar-good", drawn: heights.succeeded, textAt: (index) => count(buckets[index]?.succeeded ?? 0), total: count(stats.totals.succeeded) },
  ];
  const label = `Chart of attempts: ${counted(stats.totals.succeeded, "attempt")} succeeded, ${count(failed)} failed. Its numbers are in the table below.`;
  const rows = buckets.filter((each) => each.succeeded + each.failed > 0);
  return (
    <Figure title={isByDay ? "Attempts by day" : "Attempts by hour"} table={<Table caption="Attempts" columns={["Succeeded", "Failed"]} rows={rows} cells={(each) => [count(each.succeeded), count(each.failed)]} />}>
      <Chart kind="bars" moments={buckets} series={series} label={label} format={count} />
    </Figure>
  );
}

const PERCENTILES = [["p50", "--line-p50", []], ["p95", "--line-p95", [6, 3]], ["p99", "--line-p99", [2, 3]]] as const;

/** The response times by hour, with gaps if there were no responses. */
export function TimesChart({ stats }: { stats: Stats }) {
  const hours = useMemo(() => hoursOf(stats), [stats]);
  const all = stats.totals.responseTimeMs;
  const series: Series[] = PERCENTILES.map(([name, token, dash]) => ({
    name, token, dash: [...dash],
    drawn: hours.map(({ times }) => times?.[name] ?? null),
    textAt: (index) => timeOf(hours[index], name),
    total: all ? duration(all[name]) : "–",
  }));
  const label = all ? `Chart of response times: half of the responses came within ${duration(all.p50)}, 99 of 100 within ${duration(all.p99)}. Its numbers are in the table below.` : "Chart of response times: there were no responses.";
  const rows = hours.filter(({ times }) => times !== null);
  return (
    <Figure title="Response time" table={<Table caption="Response times" columns={["p50", "p95", "p99"]} rows={rows} cells={(each) => PERCENTILES.map(([name]) => timeOf(each, name))} />}>
      <Chart kind="lines" moments={hours} series={series} label={label} format={duration} />
    </Figure>
  );
}

function timeOf(bucket: Bucket | undefined, name: "p50" | "p95" | "p99"): string {
  return bucket?.times ? duration(bucket.times[name]) : "–";
}

function Figure({ title, table, children }: { title: string; table: ComponentChildren; children: ComponentChildren }) {
  return (
    <figure class="chart-figure" aria-label={title}>
      <h3>{title}</h3>
      {children}
      <details class="chart-numbers"><summary>Numbers</summary>{table}</details>
    </figure>
  );
}

interface TableProps { caption: string; columns: readonly string[]; rows: readonly Bucket[]; cells: (row: Bucket) => readonly string[] }

function Table({ caption, columns, rows, cells }: TableProps) {
  if (rows.length === 0) return <p class="muted">There are no numbers for this time.</p>;
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label={`${caption}, as a table`}>
      <table>
        <caption class="visually-hidden">{caption}; times without attempts have no row</caption>
        <thead><tr><th scope="col">Time</th>{columns.map((each) => <th scope="col" class="number" key={each}>{each}</th>)}</tr></thead>
        <tbody>{rows.map((row: Bucket & Moment) => <tr key={row.startMs}><td>{momentInWords(row)}</td>{cells(row).map((cell, index) => <td class="number" key={index}>{cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
