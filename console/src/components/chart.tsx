// A chart over time, drawn by uPlot, which is loaded with the first chart. The legend shows the values under the pointer.
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { clock, day } from "../text/times.ts";

/** One line or bar: its name, its colour (a token), the values that are drawn, and the texts of the legend for each moment and in total. */
export interface Series { name: string; token: string; drawn: readonly (number | null)[]; textAt: (index: number) => string; total: string; dash?: number[] }

/** When a moment begins and ends. */
export interface Moment { startMs: number; endMs: number }

interface ChartProps { kind: "bars" | "lines"; moments: readonly Moment[]; series: readonly Series[]; label: string; format: (value: number) => string }

const HEIGHT = 200;
const DENSE_FROM = 400; // moments; dashes would overlap
const DARK = matchMedia("(prefers-color-scheme: dark)");

export function Chart(props: ChartProps) {
  const { moments, series, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [isMissing, setMissing] = useState(false);
  const isDark = useIsDark();
  useEffect(() => {
    const element = box.current;
    let isOver = false;
    let remove = () => {};
    import("uplot").then(({ default: Plot }) => { if (element && !isOver) remove = draw(Plot, element, props, setIndex); }, () => setMissing(true));
    return () => { isOver = true; remove(); setIndex(null); };
  }, [moments, isDark]);
  const moment = index === null ? undefined : moments[index];
  return (
    <>
      <ul class="chart-legend">
        {series.map(({ name, token, textAt, total }) => (
          <li key={name}><Swatch token={token} /> {name} <strong>{index === null || moment === undefined ? total : textAt(index)}</strong></li>
        ))}
        <li class="chart-moment muted">{moment ? momentInWords(moment) : "total"}</li>
      </ul>
      {isMissing ? <p class="muted">The chart could not be loaded. Reload the page. The numbers are below.</p> : <div ref={box} class="chart" role="img" aria-label={label} />}
    </>
  );
}

/** “24 Nov, 14:00 to 15:00”, “24 Nov”. */
export function momentInWords({ startMs, endMs }: Moment): string {
  return endMs - startMs > 7_200_000 ? day(startMs) : `${day(startMs)}, ${clock(startMs)} to ${clock(endMs)}`;
}

function Swatch({ token }: { token: string }) {
  return <span class="swatch" style={{ backgroundColor: `var(${token})` }} />;
}

function useIsDark(): boolean {
  const [isDark, setDark] = useState(DARK.matches);
  useEffect(() => {
    const look = () => setDark(DARK.matches);
    DARK.addEventListener("change", look);
    return () => DARK.removeEventListener("change", look);
  }, []);
  return isDark;
}

/** Draws into an element, and again when its width changes. Returns a function that removes the chart. */
function draw(Plot: typeof uPlot, element: HTMLElement, props: ChartProps, onPoint: (index: number | null) => void): () => void {
  const middles = props.moments.map(({ startMs, endMs }) => (startMs + endMs) / 2_000);
  const data = [middles, ...props.series.map((each) => [...each.drawn])] as uPlot.AlignedData;
  const plot = new Plot(optionsOf(Plot, element, props, onPoint), data, element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  observer.observe(element);
  return () => { observer.disconnect(); plot.destroy(); };
}

function optionsOf(Plot: typeof uPlot, element: HTMLElement, { kind, moments, series, format }: ChartProps, onPoint: (index: number | null) => void): uPlot.Options {
  const axis = { stroke: colour(element, "--muted"), font: `12px ${getComputedStyle(element).fontFamily}`, grid: { stroke: colour(element, "--line"), width: 1 }, ticks: { show: false } };
  const range: [number, number] = [(moments[0]?.startMs ?? 0) / 1_000, (moments.at(-1)?.endMs ?? 1) / 1_000];
  const isLong = range[1] - range[0] > DAYS_FROM_S;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === "lines" } },
    scales: { x: { range: () => range }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] } },
    axes: [
      { ...axis, size: 28, space: 64, values: (_, splits) => splits.map(tick), grid: { show: false }, ...(isLong ? { incrs: DAYS, splits: midnights } : {}) },
      { ...axis, size: 64, space: 40, values: (_, splits) => splits.map(format), ...(kind === "bars" ? { incrs: WHOLE } : {}) },
    ],
    series: [{}, ...series.map((each) => lineOrBar(Plot, kind, colour(element, each.token), moments.length > DENSE_FROM ? undefined : each.dash))],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

function lineOrBar(Plot: typeof uPlot, kind: ChartProps["kind"], stroke: string, dash: number[] | undefined): uPlot.Series {
  const bars = kind === "bars" ? Plot.paths.bars?.({ size: [0.8, 48] }) : undefined;
  if (bars) return { stroke, fill: stroke, width: 0, paths: bars, points: { show: false } };
  return { stroke, width: dash ? 2 : 1, ...(dash ? { dash } : {}), points: { show: true, size: 5, width: 1, fill: stroke, filter: (plot, index) => alone(Array.from(plot.data[index] ?? [])) } };
}

/** Values without a neighbour are drawn as points, since a line needs two. */
function alone(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, index) => (value != null && values[index - 1] == null && values[index + 1] == null ? [index] : []));
}

const WHOLE = [1, 2, 5].flatMap((each) => Array.from({ length: 9 }, (_, power) => each * 10 ** power)).sort((one, other) => one - other);

const DAY_S = 86_400;
const DAYS = [1, 2, 3, 7, 14].map((each) => each * DAY_S);
const DAYS_FROM_S = 3 * DAY_S;

/** Midnights in the reader's time zone. uPlot's own steps are an hour off after daylight saving time changes. */
function midnights(_: uPlot, __: number, min: number, max: number, incr: number): number[] {
  const first = new Date(min * 1_000);
  const at = (days: number): number => new Date(first.getFullYear(), first.getMonth(), first.getDate() + days).getTime() / 1_000;
  const found: number[] = [];
  for (let days = 1; at(days) <= max; days += Math.max(1, Math.round(incr / DAY_S))) found.push(at(days));
  return found;
}

/** At midnight the day is shown, otherwise the time. */
function tick(seconds: number): string {
  const time = clock(seconds * 1_000);
  return time === "00:00" ? day(seconds * 1_000) : time;
}

/** The current colour of a token. A canvas supports neither custom properties nor `light-dark()`. */
function colour(element: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
