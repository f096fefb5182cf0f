// The page of a webhook: its state, its attempts, its settings, and actions.
import { useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import type { Me, Webhook } from "../api/types.ts";
import { Empty, PageHead } from "../components/basics.tsx";
import { StateBadge } from "../components/health.tsx";
import { Loadable } from "../components/loaded.tsx";
import { useEvery, useLoaded } from "../state/loading.ts";
import { href } from "../state/router.ts";
import { Attempts } from "./webhook/attempts.tsx";
import { WebhookButtons } from "./webhook/buttons.tsx";
import { WebhookFacts } from "./webhook/facts.tsx";
import { Recover } from "./webhook/recover.tsx";
import { StateNote } from "./webhook/state-note.tsx";
import { StatsCard } from "./webhook/stats.tsx";
import { TestOutcome, useTest } from "./webhook/test.tsx";

const REFRESH_MS = 10_000;

export function WebhookPage({ id, me }: { id: string; me: Me }) {
  const webhook = useLoaded((signal) => call<Webhook>("GET", `webhooks/${encodeURIComponent(id)}`, { signal }), [id]);
  const isGone = webhook.error instanceof ApiError && webhook.error.status === 404;
  useEvery(REFRESH_MS, () => webhook.isLoading || webhook.reload(), !isGone);
  if (isGone) return <Gone />;
  if (webhook.value === undefined) return <><PageHead title="Webhook" /><Loadable from={webhook} lines={8} what="Loading the webhook" /></>;
  // If a later request fails, the attempts below show it: they are requested more often.
  return <WebhookDetails webhook={webhook.value} me={me} put={webhook.put} reload={webhook.reload} />;
}

function WebhookDetails({ webhook, me, put, reload }: { webhook: Webhook; me: Me; put: (webhook: Webhook) => void; reload: () => void }) {
  const test = useTest(webhook.id, reload);
  const [news, setNews] = useState(0);
  const onNew = () => { setNews((before) => before + 1); reload(); };
  return (
    <>
      <PageHead title={webhook.name} note={<><StateBadge webhook={webhook} /> <span class="mono webhook-address">{webhook.url}</span></>}>
        <WebhookButtons webhook={webhook} test={test} put={put} />
      </PageHead>
      <TestOutcome test={test} />
      <StateNote webhook={webhook} />
      <Attempts webhookId={webhook.id} isLive={webhook.status === "enabled"} turn={test.turn} onNew={onNew} />
      <StatsCard webhookId={webhook.id} turn={test.turn} news={news} />
      <Recover webhook={webhook} />
      <WebhookFacts webhook={webhook} me={me} />
    </>
  );
}

function Gone() {
  return (
    <>
      <PageHead title="No such webhook" />
      <Empty title="This webhook does not exist, or it belongs to another user.">
        <p>If it was deleted, its history was deleted too.</p>
        <a class="button" href={href("webhooks")}>Go to the webhooks</a>
      </Empty>
    </>
  );
}
