// What waits on the queues, and what was set aside, for admins.
import { call } from "../api/client.ts";
import type { Queue } from "../api/types.ts";
import { Badge, Copy, PageHead } from "../components/basics.tsx";
import { Loadable } from "../components/loaded.tsx";
import { useEvery, useLoaded } from "../state/loading.ts";
import { count, counted } from "../text/format.ts";

const LOOK_AGAIN_MS = 10_000;

const CARRIES: Record<string, string> = {
  notifications: "what event sources send, before it is known who hears of it",
  accepted: "what came in over HTTPS, was put off until now, or has more webhooks to reach",
  deliveries: "attempts that are due",
  "slow-deliveries": "later attempts, and those for receivers that are slow or failing",
  background: "purges, recoveries, and records that the history could not take yet",
};

export function QueuesPage() {
  const queues = useLoaded((signal) => call<Queue[]>("GET", "queues", { signal }), []);
  useEvery(LOOK_AGAIN_MS, () => queues.isLoading || queues.reload());
  return (
    <>
      <PageHead title="Queues" note="About how many messages there are; looked at again every ten seconds." />
      <Loadable from={queues} lines={6} what="Loading the queues">{(value) => <Shown queues={value} />}</Loadable>
    </>
  );
}

function Shown({ queues }: { queues: Queue[] }) {
  const withDead = queues.filter((each) => each.deadLetters > 0);
  return (
    <>
      {withDead.length > 0 && <Runbook queues={withDead} />}
      <table class="stack queues">
        <caption class="visually-hidden">Queues, in the order of a notification’s path</caption>
        <thead>
          <tr><th scope="col">Queue</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">In flight</th><th scope="col" class="number">Delayed</th><th scope="col" class="number">Dead letters</th></tr>
        </thead>
        <tbody>{queues.map((each) => <Row key={each.name} queue={each} />)}</tbody>
      </table>
      {withDead.length === 0 && <p class="muted all-well">No message was set aside.</p>}
    </>
  );
}

function Row({ queue }: { queue: Queue }) {
  return (
    <tr>
      <td data-label="Queue"><span><span class="mono">{queue.name}</span><span class="queue-carries">{CARRIES[queue.name]}</span></span></td>
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
        <p><strong>{counted(total, "message")} {total === 1 ? "was" : "were"} set aside</strong>, because {total === 1 ? "it" : "they"} could not be worked on. Nobody works on {total === 1 ? "it" : "them"} until somebody acts.</p>
        <ol>
          <li>Find out why: in the log, <code>message.set_aside</code> and <code>message.failed</code> say it; what was understood to be wrong stands in the message’s <code>reason</code> attribute too.</li>
          <li>Mend the cause. A message that is wrong itself is best removed, and sent anew by its producer.</li>
          <li>
            Put the messages back, from a checkout of the service, with <code>STAGE=…</code> in front for one in AWS:
            {queues.map(({ name }) => <span class="command" key={name}><code>make redrive QUEUE={name}</code><Copy text={`make redrive QUEUE=${name}`} /></span>)}
          </li>
        </ol>
      </div>
    </section>
  );
}
