// A user's API keys: the list, creating one, revoking one.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { ApiKey, KeyWithSecret, User } from "../../api/types.ts";
import { Badge, Empty, PageHead, Time } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { LoadablePages } from "../../components/loaded.tsx";
import { ShownOnce } from "../../components/shown-once.tsx";
import { toast } from "../../components/toasts.tsx";
import { usePaged } from "../../state/loading.ts";
import { currentKey } from "../../state/session.ts";
import { counted } from "../../text/format.ts";
import { pathOf } from "./draft.ts";
import { idOfKey } from "./key-id.ts";
import { NewKey } from "./new-key.tsx";

export function Keys({ owner }: { owner: User }) {
  return <KeyList path={`${pathOf(owner.id)}/keys`} canCreate />;
}

/** The keys of the signed-in user, to see and to revoke. */
export function OwnKeysPage() {
  return (
    <>
      <PageHead title="Your API keys" note="Admins create them. You can revoke them." />
      <KeyList path="me/keys" />
    </>
  );
}

function KeyList({ path, canCreate = false }: { path: string; canCreate?: boolean }) {
  const keys = usePaged<ApiKey>(path, {});
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<KeyWithSecret>();
  const [toRevoke, setToRevoke] = useState<ApiKey>();
  const ownKeyId = useOwnKeyId();
  return (
    <section class="card" aria-labelledby="keys">
      <div class="card-head">
        <h2 id="keys">API keys</h2>
        {canCreate && <button type="button" class="small" onClick={() => setCreating(true)}>Create a key</button>}
      </div>
      {created && <CreatedKey created={created} onDone={() => setCreated(undefined)} />}
      <LoadablePages from={keys} what="Loading the keys">{(items) => <Table keys={items} ownKeyId={ownKeyId} onRevoke={setToRevoke} />}</LoadablePages>
      {isCreating && <NewKey path={path} onClose={() => setCreating(false)} onCreated={(key) => { setCreating(false); setCreated(key); keys.reload(); }} />}
      {toRevoke && (
        <Confirm title={`Revoke “${toRevoke.name}”?`} action="Revoke" onClose={() => setToRevoke(undefined)}
          onDo={async () => { await call("DELETE", `${path}/${toRevoke.id}`); setToRevoke(undefined); toast("The key was revoked."); keys.reload(); }}>
          {toRevoke.id === ownKeyId && <p class="wrong-text"><strong>You are signed in with this key. Revoking it signs you out.</strong></p>}
          <p>The service refuses the key from then on. Processes that used it just now may accept it for up to <code>KEY_CACHE_S</code> more seconds (default: 10). You cannot undo this.</p>
        </Confirm>
      )}
    </section>
  );
}

/** The key itself. It is focused, because it is shown only once. */
function CreatedKey({ created, onDone }: { created: KeyWithSecret; onDone: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [created.id]);
  return (
    <div ref={place} tabIndex={-1} class="made-key" role="group" aria-label="The new key">
      <ShownOnce label="key" value={created.key}>{`This is “${created.name}”. Copy it now. The service stores only its digest and cannot show it again.`}</ShownOnce>
      <button type="button" class="small" onClick={onDone}>I have copied it</button>
    </div>
  );
}

function Table({ keys, ownKeyId, onRevoke }: { keys: ApiKey[]; ownKeyId: string | undefined; onRevoke: (key: ApiKey) => void }) {
  if (keys.length === 0) return <Empty title="No keys"><p>Without one, this user cannot sign in or call the API.</p></Empty>;
  return (
    <table class="stack">
      <caption class="visually-hidden">{counted(keys.length, "key")}</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">Created</th><th scope="col">Last used</th><th scope="col">Expires</th><th scope="col"><span class="visually-hidden">Revoke</span></th></tr></thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td data-label="Name"><span><strong>{key.name}</strong> {key.rights.map((right) => <Badge key={right} tone="plain">{right}</Badge>)}{key.id === ownKeyId && <Badge tone="good">this session</Badge>}</span></td>
            <td data-label="Created"><Time at={key.createdAt} /></td>
            <td data-label="Last used">{key.lastUsedOn ? <time class="day" dateTime={key.lastUsedOn} title="the day, in UTC">{key.lastUsedOn}</time> : <span class="muted">never</span>}</td>
            <td data-label="Expires">{key.expiresAt === null ? <span class="muted">never</span> : <Expiry at={key.expiresAt} />}</td>
            <td data-label=""><button type="button" class="small danger" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>Revoke</button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Expiry({ at }: { at: string }) {
  return <><Time at={at} />{Date.parse(at) <= Date.now() && <> <Badge tone="bad">expired</Badge></>}</>;
}

/** The id of the key that this tab is signed in with, if the browser can compute it. */
function useOwnKeyId(): string | undefined {
  const [id, setId] = useState<string>();
  useEffect(() => void idOfKey(currentKey() ?? "").then(setId), []);
  return id;
}
