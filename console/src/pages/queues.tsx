// The queues and their dead letters, for admins.
import { call } from "../api/client.ts";
import type { Queue } from "../api/types.ts";
import { Badge, Copy, PageHead } from "../components/basics.tsx";
import { Loadable } from "../components/loaded.tsx";
import { useEvery, useLoaded } from "../state/loading.ts";
import { count, counted } from "../text/format.ts";

const REFRESH_MS = 10_000;

const CONTENTS: Record<string, string> = {
  notifications: "notifications that event sources send, before they are fanned out",
  accepted: "notifications that came over HTTPS, were scheduled for now, or have further webhooks",
  deliveries: "attempts that are due",
  "slow-deliveries": "later attempts, and attempts for slow or failing receivers",
  background: "purges, recoveries, and records that could not be written to the history yet",
};

export function QueuesPage() {
  const queues = useLoaded((signal) => call<Queue[]>("GET", "queues", { signal }), []);
  useEvery(REFRESH_MS, () => queues.isLoading || queues.reload());
  return (
    <>
      <PageHead title="Queues" note="Approximate numbers of messages, updated every ten seconds." />
      <Loadable from={queues} lines={6} what="Loading the queues">{(value) => <QueuesTable queues={value} />}</Loadable>
    </>
  );
}

function QueuesTable({ queues }: { queues: Queue[] }) {
  const withDead = queues.filter((each) => each.deadLetters > 0);
  return (
    <>
      {withDead.length > 0 && <Runbook queues={withDead} />}
      <table class="stack queues">
        <caption class="visually-hidden">Queues, in the order in which a notification passes them</caption>
        <thead>
          <tr><th scope="col">Queue</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">In flight</th><th scope="col" class="number">Delayed</th><th scope="col" class="number">Dead letters</th></tr>
        </thead>
        <tbody>{queues.map((each) => <Row key={each.name} queue={each} />)}</tbody>
      </table>
      {withDead.length === 0 && <p class="muted all-well">There are no dead letters.</p>}
    </>
  );
}

function Row({ queue }: { queue: Queue }) {
  return (
    <tr>
      <td data-label="Queue"><span><span class="mono">{queue.name}</span><span class="queue-carries">{CONTENTS[queue.name]}</span></span></td>
      <td data-label="Waiting" class="number">{count(queue.waiting)}</td>
      <td data-label="In flight" class="number">{count(queue.inFlight)}</td>
      <td data-label="Delayed" class="number">{count(queue.delayed)}</td>
      <td data-label="Dead letters" class="number">{queue.deadLetters > 0 ? <Badge tone="bad">{count(queue.deadLetters)}</Badge> : "0"}</td>
    </tr>
  );
}

/** What to do about dead letters. */
function Runbook({ queues }: { queues: Queue[] }) {
  const total = queues.reduce((sum, each) => sum + each.deadLetters, 0);
  return (
    <section class="note bad runbook" aria-label="Dead letters">
      <div>
        <p><strong>{counted(total, "message")} {total === 1 ? "is" : "are"} in a dead-letter queue</strong>, because {total === 1 ? "it" : "they"} could not be processed. {total === 1 ? "It is" : "They are"} not processed until you act.</p>
        <ol>
          <li>Find the reason in the log events <code>message.set_aside</code> and <code>message.failed</code>. If the service could identify it, it is also in the message’s <code>reason</code> attribute.</li>
          <li>Fix the cause. If the message itself is wrong, remove it and let its producer send it again.</li>
          <li>
            Move the messages back to the queue, from a checkout of the service. For a stage in AWS, put <code>STAGE=…</code> in front:
            {queues.map(({ name }) => <span class="command" key={name}><code>make redrive QUEUE={name}</code><Copy text={`make redrive QUEUE=${name}`} /></span>)}
          </li>
        </ol>
      </div>
    </section>
  );
}
