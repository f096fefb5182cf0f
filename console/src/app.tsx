// The frame around all pages, and the choice of the page.
import type { ComponentChild, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { root } from "./api/client.ts";
import type { Me } from "./api/types.ts";
import { Empty, Loading, PageHead, Problem } from "./components/basics.tsx";
import { Toasts } from "./components/toasts.tsx";
import { ActionPage, ActionsPage } from "./pages/actions.tsx";
import { AuditPage } from "./pages/audit.tsx";
import { HistoryPage } from "./pages/history.tsx";
import { QueuesPage } from "./pages/queues.tsx";
import { RecordPage } from "./pages/record.tsx";
import { signIn, SignIn } from "./pages/sign-in.tsx";
import { OwnKeysPage } from "./pages/users/keys.tsx";
import { UserPage, UsersPage } from "./pages/users.tsx";
import { EditWebhookPage, NewWebhookPage } from "./pages/webhook-form.tsx";
import { WebhookPage } from "./pages/webhook.tsx";
import { WebhooksPage } from "./pages/webhooks.tsx";
import { href, type Route, useRoute } from "./state/router.ts";
import { leave, session } from "./state/session.ts";
import { useStore } from "./state/store.ts";

interface Section { path: string; name: string; isForAdmins?: boolean }

const SECTIONS: readonly Section[] = [
  { path: "webhooks", name: "Webhooks" },
  { path: "history", name: "History" },
  { path: "users", name: "Users", isForAdmins: true },
  { path: "types", name: "Notification types", isForAdmins: true },
  { path: "queues", name: "Queues", isForAdmins: true },
  { path: "audit", name: "Audit", isForAdmins: true },
];

export function App(): JSX.Element {
  const { key, me } = useStore(session);
  if (key === null) return <SignIn />;
  return me === null ? <Entering savedKey={key} /> : <Frame me={me} />;
}

/** Requests the user of a key that this tab already had. */
function Entering({ savedKey }: { savedKey: string }) {
  const [error, setError] = useState<unknown>();
  useEffect(() => void signIn(savedKey).catch(setError), []);
  return error === undefined ? <main class="sign-in"><Loading what="Signing in" /></main> : <main class="sign-in"><Problem error={error} /></main>;
}

function Frame({ me }: { me: Me }) {
  const route = useRoute();
  const here = route.parts[0] ?? "webhooks";
  const place = route.parts.join("/");
  useEffect(() => document.querySelector<HTMLElement>("h1")?.focus(), [place]);
  useEffect(() => document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [here]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the page</a>
      <nav class="side" aria-label="Main">
        <a class="brand" href={href("webhooks")}>Posthorn</a>
        <ul>
          {SECTIONS.filter((each) => !each.isForAdmins || me.role === "admin").map(({ path, name }) => (
            <li key={path}><a href={href(path)} aria-current={here === path ? "page" : undefined}>{name}</a></li>
          ))}
          <li><a href={`${root}docs`}>API</a></li>
        </ul>
        <div class="who">
          <a href={href("keys")} aria-current={here === "keys" ? "page" : undefined} title={`user ${me.id}, ${me.role}: your API keys`}>{me.name}</a>
          <button type="button" class="quiet small" onClick={() => leave()}>Sign out</button>
        </div>
      </nav>
      <main id="main" tabIndex={-1} key={place}>{page(route, me)}</main>
      <Toasts />
    </div>
  );
}

function page({ parts, query }: Route, me: Me): ComponentChild {
  const [section = "webhooks", id, what] = parts;
  if (section === "webhooks") {
    if (id === undefined) return <WebhooksPage me={me} />;
    if (id === "new") return <NewWebhookPage me={me} />;
    return what === "edit" ? <EditWebhookPage id={id} me={me} /> : <WebhookPage id={id} me={me} />;
  }
  if (section === "keys") return <OwnKeysPage />;
  if (section === "history") return id === undefined ? <HistoryPage query={query} /> : <RecordPage id={id} />;
  if (me.role === "admin") {
    if (section === "users") return id === undefined ? <UsersPage /> : <UserPage id={id} />;
    if (section === "types") return id === undefined ? <ActionsPage /> : <ActionPage name={id} />;
    if (section === "queues") return <QueuesPage />;
    if (section === "audit") return <AuditPage query={query} />;
  }
  return <><PageHead title="Page not found" /><Empty title="There is no such page."><a href={href("webhooks")}>Go to the webhooks</a></Empty></>;
}
