// The list of users, and the page of a user.
import { useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import type { Me, User } from "../api/types.ts";
import { Badge, Empty, PageHead, Time } from "../components/basics.tsx";
import { CheckedForm } from "../components/checked-form.tsx";
import { Checkbox } from "../components/form.tsx";
import { Loadable, LoadablePages } from "../components/loaded.tsx";
import { toast } from "../components/toasts.tsx";
import { useAction, useLoaded, usePaged } from "../state/loading.ts";
import { go, href } from "../state/router.ts";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { counted } from "../text/format.ts";
import { DeleteUser } from "./users/delete.tsx";
import { bodyOf, draftOf, pathOf } from "./users/draft.ts";
import { UserFields } from "./users/fields.tsx";
import { Keys } from "./users/keys.tsx";
import { NewUser } from "./users/new.tsx";
import { WebhooksOf } from "./users/webhooks.tsx";

export function UsersPage() {
  const users = usePaged<User>("users", {});
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <PageHead title="Users" note="Who can sign in, and whom notifications can be about.">
        <button type="button" class="primary" onClick={() => setAdding(true)}>Add a user</button>
      </PageHead>
      <LoadablePages from={users} lines={6} what="Loading the users">{(items) => <Table users={items} hasMore={users.hasMore} />}</LoadablePages>
      {isAdding && <NewUser onClose={() => setAdding(false)} />}
    </>
  );
}

function Table({ users, hasMore }: { users: User[]; hasMore: boolean }) {
  if (users.length === 0 && !hasMore) return <Empty title="No users"><p>Add the first one above.</p></Empty>;
  return (
    <table class="stack">
      <caption class="visually-hidden">{counted(users.length, "user")}</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">Id</th><th scope="col">Role</th><th scope="col">Groups</th><th scope="col">Since</th></tr></thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id}>
            <td data-label="Name"><a href={href("users", user.id)}><strong>{user.name}</strong></a>{!user.enabled && <> <Badge tone="bad">suspended</Badge></>}</td>
            <td data-label="Id"><code>{user.id}</code></td>
            <td data-label="Role"><Badge tone={user.role === "admin" ? "warn" : "plain"}>{user.role}</Badge></td>
            <td data-label="Groups"><Groups groups={user.groups} /></td>
            <td data-label="Since"><Time at={user.createdAt} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Groups({ groups }: { groups: User["groups"] }) {
  if (groups.length === 0) return <span class="muted">none</span>;
  return <span class="groups">{groups.map((group) => <code key={group}>{group}</code>)}</span>;
}

export function UserPage({ id }: { id: string }) {
  const user = useLoaded((signal) => call<User>("GET", pathOf(id), { signal }), [id]);
  const { me } = useStore(session);
  if (user.error instanceof ApiError && user.error.status === 404) return <Gone id={id} />;
  return (
    <>
      {user.value === undefined && <PageHead title="User" />}
      <Loadable from={user} lines={6} what="Loading the user">{(value) => me && <Details user={value} me={me} onChange={user.put} />}</Loadable>
    </>
  );
}

function Gone({ id }: { id: string }) {
  return (
    <>
      <PageHead title="No such user" />
      <Empty title={`There is no user with the id ${id}.`}><p>The user was deleted, or never existed. <a href={href("users")}>All users</a></p></Empty>
    </>
  );
}

function Details({ user, me, onChange }: { user: User; me: Me; onChange: (user: User) => void }) {
  const [isDeleting, setDeleting] = useState(false);
  const isMe = user.id === me.id;
  return (
    <>
      <PageHead title={user.name} note={<>User <code>{user.id}</code>, since <Time at={user.createdAt} />{isMe && ". This is you."}</>}>
        {!isMe && <button type="button" class="danger" onClick={() => setDeleting(true)}>Delete</button>}
      </PageHead>
      <div class="two">
        <Profile user={user} isMe={isMe} onChange={onChange} />
        <div>
          <Keys owner={user} />
          <WebhooksOf owner={user} />
        </div>
      </div>
      {isDeleting && <DeleteUser user={user} onClose={() => setDeleting(false)} onDone={() => { toast(`${user.name} was deleted.`); go(href("users")); }} />}
    </>
  );
}

function Profile({ user, isMe, onChange }: { user: User; isMe: boolean; onChange: (user: User) => void }) {
  const [draft, setDraft] = useState(draftOf(user));
  const saving = useAction(async () => {
    const saved = await call<User>("PUT", pathOf(user.id), { body: bodyOf(draft) });
    onChange(saved);
    setDraft(draftOf(saved));
    toast("Saved.");
  });
  return (
    <section class="card" aria-labelledby="profile">
      <h2 id="profile">Name, role, groups</h2>
      <CheckedForm error={saving.error} onSubmit={() => void saving.run()}>
        <UserFields draft={draft} onInput={setDraft} error={saving.error} wasAdmin={user.role === "admin"} />
        {!isMe && <Checkbox label="Suspended" checked={!draft.enabled} onChange={(isSuspended) => setDraft({ ...draft, enabled: !isSuspended })} hint="The service refuses the user’s keys. Nothing is deleted." />}
        <div class="actions"><button type="submit" class="primary" disabled={saving.isBusy}>{saving.isBusy ? "Saving…" : "Save"}</button></div>
      </CheckedForm>
      {isMe && <p class="hint">You cannot delete or suspend yourself, or remove your own admin role. Another admin can.</p>}
    </section>
  );
}
