// The catalogue of notification types: the built-in ones and those that admins have added.
import { useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import { listAll } from "../api/pages.ts";
import type { Action, ActionWithSchema } from "../api/types.ts";
import { Badge, Empty, Fact, Facts, Note, PageHead } from "../components/basics.tsx";
import { Code } from "../components/code.tsx";
import { Confirm } from "../components/dialog.tsx";
import { Select, TextField } from "../components/form.tsx";
import { Loadable } from "../components/loaded.tsx";
import { toast } from "../components/toasts.tsx";
import { useLoaded } from "../state/loading.ts";
import { go, href } from "../state/router.ts";
import { counted } from "../text/format.ts";
import { NEW, pathOf } from "./types/draft.ts";
import { matches, type Kind, KINDS } from "./types/search.ts";
import { TypeForm } from "./types/form.tsx";

export function ActionsPage() {
  const types = useLoaded((signal) => listAll<Action>("webhooks/actions", { query: { details: true }, signal }), []);
  return (
    <>
      <PageHead title="Notification types" note="What can happen, and what webhooks can subscribe to.">
        <a class="button primary" href={href("types", NEW)}>Add a type</a>
      </PageHead>
      <Loadable from={types} lines={8} what="Loading the notification types">{(value) => <Catalogue types={value} />}</Loadable>
    </>
  );
}

function Catalogue({ types }: { types: Action[] }) {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const found = types.filter((each) => matches(each, search, kind));
  return (
    <>
      <div class="find-types">
        <TextField label="Find" value={search} onInput={setSearch} placeholder="part of a name or a description" />
        <Select label="Kind" value={kind} options={KINDS} onChange={(chosen) => setKind(chosen as Kind)} />
      </div>
      <p class="muted small-text" role="status">{counted(found.length, "type")}</p>
      {found.length === 0 ? <NoneFound isCustom={kind === "custom" && search.trim() === ""} onAll={() => { setSearch(""); setKind("all"); }} /> : <Table types={found} />}
    </>
  );
}

function NoneFound({ isCustom, onAll }: { isCustom: boolean; onAll: () => void }) {
  if (!isCustom) return <Empty title="No type matches"><button type="button" onClick={onAll}>Show all</button></Empty>;
  return (
    <Empty title="No custom types yet">
      <p>A custom type has a name, a description, and optionally a schema that validates its notifications.</p>
      <a class="button primary" href={href("types", NEW)}>Add the first one</a>
    </Empty>
  );
}

function Table({ types }: { types: Action[] }) {
  return (
    <table class="stack">
      <caption class="visually-hidden">Notification types</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">Meaning</th><th scope="col">Kind</th><th scope="col">Schema</th></tr></thead>
      <tbody>
        {types.map((each) => (
          <tr key={each.name}>
            <td data-label="Name"><a class="type-name" href={href("types", each.name)}>{each.name}</a></td>
            <td data-label="Meaning"><span>{each.description ?? each.template ?? <span class="muted">its name and subject</span>}</span></td>
            <td data-label="Kind" class={each.isCustom ? undefined : "usual"}><Badge tone={each.isCustom ? "good" : "plain"}>{each.isCustom ? "custom" : "built-in"}</Badge></td>
            <td data-label="Schema" class={each.hasSchema ? undefined : "usual"}>{each.hasSchema ? "yes" : <span class="muted">none</span>}</td>
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
      <PageHead title="Add a notification type" note="You can use it immediately: the service accepts its notifications, and webhooks can subscribe to it." />
      <TypeForm type={null} onSaved={(type) => { toast(`${type.name} was added.`); go(href("types", type.name)); }} />
    </>
  );
}

function KnownType({ name }: { name: string }) {
  const type = useLoaded((signal) => call<ActionWithSchema>("GET", pathOf(name), { signal }), [name]);
  if (type.error instanceof ApiError && type.error.status === 404) return <Gone name={name} />;
  if (type.value === undefined) return <><PageHead title={name} /><Loadable from={type} lines={5} what="Loading the type" /></>;
  return type.value.isCustom ? <CustomType type={type.value} onChange={type.put} /> : <BuiltIn type={type.value} />;
}

function Gone({ name }: { name: string }) {
  return (
    <>
      <PageHead title="No such type" />
      <Empty title={`The catalogue has no type ${name}.`}><p>Notifications of this type go to webhooks that subscribe to all types. <a href={href("types")}>All types</a></p></Empty>
    </>
  );
}

function BuiltIn({ type }: { type: ActionWithSchema }) {
  return (
    <>
      <PageHead title={type.name} note="A built-in type." />
      <Note>Built-in types are part of the service. They cannot be changed or removed.</Note>
      <section class="card" aria-label="Details">
        <Facts>
          <Fact name="Description">{type.description ?? <span class="muted">none</span>}</Fact>
          <Fact name="Template">{type.template === null ? <span class="muted">none</span> : <code>{type.template}</code>}</Fact>
          <Fact name="Schema">{type.schema === null ? <span class="muted">none: its notifications may contain anything</span> : "below"}</Fact>
        </Facts>
      </section>
      {type.schema !== null && <Code label="Schema" text={JSON.stringify(type.schema)} />}
    </>
  );
}

function CustomType({ type, onChange }: { type: ActionWithSchema; onChange: (type: ActionWithSchema) => void }) {
  const [isRemoving, setRemoving] = useState(false);
  return (
    <>
      <PageHead title={type.name} note="A custom type.">
        <button type="button" class="danger" onClick={() => setRemoving(true)}>Remove</button>
      </PageHead>
      <TypeForm type={type} onSaved={(saved) => { onChange(saved); toast("Saved. It takes effect within seconds."); }} />
      {isRemoving && (
        <Confirm title={`Remove ${type.name}?`} action="Remove the type" onClose={() => setRemoving(false)}
          onDo={async () => { await call("DELETE", pathOf(type.name)); toast(`${type.name} was removed.`); go(href("types")); }}>
          <p>The service still accepts notifications of this type and delivers them to webhooks that subscribe to it or to all types. They no longer have its text, and its schema no longer validates them.</p>
        </Confirm>
      )}
    </>
  );
}
