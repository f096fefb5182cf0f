// The state of a webhook in a word, and its last hours as a small chart.
import type { Hour, Webhook } from "../api/types.ts";
import { counted } from "../text/format.ts";
import { Badge } from "./basics.tsx";

/** The state in a word. */
export function StateBadge({ webhook }: { webhook: Webhook }) {
  if (webhook.status === "disabled") return <Badge tone="bad">disabled</Badge>;
  if (webhook.status === "paused") return <Badge tone="plain">paused</Badge>;
  if (webhook.health.circuit !== "closed" && webhook.health.retryAfter === webhook.health.nextProbeAt) return <Badge tone="warn">waiting: Retry-After</Badge>;
  if (webhook.health.circuit !== "closed") return <Badge tone="bad">waiting: receiver down</Badge>;
  if (webhook.health.consecutiveFailures > 0) return <Badge tone="warn">failing</Badge>;
  if (webhook.health.isSlow) return <Badge tone="warn">slow</Badge>;
  return <Badge tone="good">healthy</Badge>;
}

export const failuresOf = (hour: Pick<Hour, "failed">): number => Object.values(hour.failed).reduce((sum, each) => sum + each, 0);

const HEIGHT = 28;
const BAR = 5;

/** A bar for each of the last hours: successful attempts below, failed attempts on top. */
export function Sparkline({ hours }: { hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map((hour) => hour.succeeded + failuresOf(hour)));
  const succeeded = hours.reduce((sum, hour) => sum + hour.succeeded, 0);
  const failed = hours.reduce((sum, hour) => sum + failuresOf(hour), 0);
  const label = succeeded + failed === 0 ? "No attempts in the last 24 hours" : `Last 24 hours: ${counted(succeeded, "attempt")} succeeded, ${counted(failed, "attempt")} failed`;
  return (
    <svg class="sparkline" role="img" aria-label={label} width={hours.length * BAR} height={HEIGHT}>
      <title>{label}</title>
      {hours.map((hour, index) => {
        const good = Math.round((hour.succeeded / most) * HEIGHT);
        const bad = failuresOf(hour) > 0 ? Math.max(2, Math.round((failuresOf(hour) / most) * HEIGHT)) : 0;
        return (
          <g key={hour.hour}>
            <rect class="spark-floor" x={index * BAR} y={HEIGHT - 1} width={BAR - 1} height={1} />
            <rect class="spark-good" x={index * BAR} y={HEIGHT - good} width={BAR - 1} height={good} />
            <rect class="spark-bad" x={index * BAR} y={Math.max(0, HEIGHT - good - bad)} width={BAR - 1} height={bad} />
          </g>
        );
      })}
    </svg>
  );
}
