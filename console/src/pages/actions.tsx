// The catalogue: what can happen, and the types that admins have added to it.
import { useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import { listAll } from "../api/pages.ts";
import type { Action, ActionWithSchema } from "../api/types.ts";
import { Badge, Empty, Fact, Facts, Note, PageHead } from "../components/basics.tsx";
import { Code } from "../components/code.tsx";
import { Confirm } from "../components/dialog.tsx";
import { Select, TextField } from "../components/form.tsx";
import { Loadable } from "../components/loaded.tsx";
import { say } from "../components/toasts.tsx";
import { useLoaded } from "../state/loading.ts";
import { go, href } from "../state/router.ts";
import { counted } from "../text/format.ts";
import { NEW, pathOf } from "./types/draft.ts";
import { isFound, type Kind, KINDS } from "./types/find.ts";
import { TypeForm } from "./types/form.tsx";

export function ActionsPage() {
  const types = useLoaded((signal) => listAll<Action>("webhooks/actions", { query: { details: true }, signal }), []);
  return (
    <>
      <PageHead title="Notification types" note="What can happen, and what webhooks can ask for.">
        <a class="button primary" href={href("types", NEW)}>Add a type</a>
      </PageHead>
      <Loadable from={types} lines={8} what="Loading the notification types">{(value) => <Catalogue types={value} />}</Loadable>
    </>
  );
}

function Catalogue({ types }: { types: Action[] }) {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const found = types.filter((each) => isFound(each, search, kind));
  return (
    <>
      <div class="find-types">
        <TextField label="Find" value={search} onInput={setSearch} placeholder="a part of a name or of a sentence" />
        <Select label="Which" value={kind} options={KINDS} onChange={(chosen) => setKind(chosen as Kind)} />
      </div>
      <p class="muted small-text" role="status">{counted(found.length, "type")}</p>
      {found.length === 0 ? <NoneFound isOwn={kind === "own" && search.trim() === ""} onAll={() => { setSearch(""); setKind("all"); }} /> : <Table types={found} />}
    </>
  );
}

function NoneFound({ isOwn, onAll }: { isOwn: boolean; onAll: () => void }) {
  if (!isOwn) return <Empty title="No type is like that"><button type="button" onClick={onAll}>Show all</button></Empty>;
  return (
    <Empty title="No types of your own yet">
      <p>A type of your own has a name, a sentence, and if you like a schema that its notifications are held to.</p>
      <a class="button primary" href={href("types", NEW)}>Add the first one</a>
    </Empty>
  );
}

function Table({ types }: { types: Action[] }) {
  return (
    <table class="stack">
      <caption class="visually-hidden">Notification types</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">What it says</th><th scope="col">Kind</th><th scope="col">Schema</th></tr></thead>
      <tbody>
        {types.map((each) => (
          <tr key={each.name}>
            <td data-label="Name"><a class="type-name" href={href("types", each.name)}>{each.name}</a></td>
            <td data-label="What it says"><span>{each.description ?? each.template ?? <span class="muted">its name and what it is about</span>}</span></td>
            <td data-label="Kind" class={each.isCustom ? undefined : "usual"}><Badge tone={each.isCustom ? "good" : "plain"}>{each.isCustom ? "own" : "built-in"}</Badge></td>
            <td data-label="Schema" class={each.hasSchema ? undefined : "usual"}>{each.hasSchema ? "has one" : <span class="muted">none</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ActionPage({ name }: { name: string }) {
  return name === NEW ? <NewType /> : <KnownType name={name} />;
}

function NewType() {
  return (
    <>
      <PageHead title="Add a notification type" note="It works at once: notifications of it are taken, and webhooks can ask for it." />
      <TypeForm type={null} onSaved={(type) => { say(`${type.name} was added.`); go(href("types", type.name)); }} />
    </>
  );
}

function KnownType({ name }: { name: string }) {
  const type = useLoaded((signal) => call<ActionWithSchema>("GET", pathOf(name), { signal }), [name]);
  if (type.error instanceof ApiError && type.error.status === 404) return <Gone name={name} />;
  if (type.value === undefined) return <><PageHead title={name} /><Loadable from={type} lines={5} what="Loading the type" /></>;
  return type.value.isCustom ? <OwnType type={type.value} onChange={type.put} /> : <BuiltIn type={type.value} />;
}

function Gone({ name }: { name: string }) {
  return (
    <>
      <PageHead title="No such type" />
      <Empty title={`The catalogue has no type ${name}.`}><p>Notifications of that name go to webhooks that listen on all. <a href={href("types")}>All types</a></p></Empty>
    </>
  );
}

function BuiltIn({ type }: { type: ActionWithSchema }) {
  return (
    <>
      <PageHead title={type.name} note="A built-in type." />
      <Note>Built-in types are part of the service: they cannot be changed or removed.</Note>
      <section class="card" aria-label="What it is">
        <Facts>
          <Fact name="Description">{type.description ?? <span class="muted">none</span>}</Fact>
          <Fact name="Template">{type.template === null ? <span class="muted">none</span> : <code>{type.template}</code>}</Fact>
          <Fact name="Schema">{type.schema === null ? <span class="muted">none: anything may be in its notifications</span> : "below"}</Fact>
        </Facts>
      </section>
      {type.schema !== null && <Code label="Schema" text={JSON.stringify(type.schema)} />}
    </>
  );
}

function OwnType({ type, onChange }: { type: ActionWithSchema; onChange: (type: ActionWithSchema) => void }) {
  const [isRemoving, setRemoving] = useState(false);
  return (
    <>
      <PageHead title={type.name} note="A type of your own.">
        <button type="button" class="danger" onClick={() => setRemoving(true)}>Remove</button>
      </PageHead>
      <TypeForm type={type} onSaved={(saved) => { onChange(saved); say("Saved. Every process knows within seconds."); }} />
      {isRemoving && (
        <Confirm title={`Remove ${type.name}?`} action="Remove the type" onClose={() => setRemoving(false)}
          onDo={async () => { await call("DELETE", pathOf(type.name)); say(`${type.name} was removed.`); go(href("types")); }}>
          <p>Notifications of this name are still taken and delivered to webhooks that ask for it or for all; but without its sentence, and no longer held to its schema.</p>
        </Confirm>
      )}
    </>
  );
}
