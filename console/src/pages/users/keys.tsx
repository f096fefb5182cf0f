// A user's API keys: what is known of each, making one, taking one back.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import type { ApiKey, KeyWithSecret, User } from "../../api/types.ts";
import { Badge, Empty, PageHead, Time } from "../../components/basics.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { LoadablePages } from "../../components/loaded.tsx";
import { ShownOnce } from "../../components/shown-once.tsx";
import { say } from "../../components/toasts.tsx";
import { usePaged } from "../../state/loading.ts";
import { currentKey } from "../../state/session.ts";
import { counted } from "../../text/format.ts";
import { pathOf } from "./draft.ts";
import { idOfKey } from "./key-id.ts";
import { NewKey } from "./new-key.tsx";

export function Keys({ owner }: { owner: User }) {
  return <KeyList path={`${pathOf(owner.id)}/keys`} canMake />;
}

/** The keys of whoever is signed in: to look at, and to take back. */
export function OwnKeysPage() {
  return (
    <>
      <PageHead title="Your API keys" note="Admins make them; you can revoke them." />
      <KeyList path="me/keys" />
    </>
  );
}

function KeyList({ path, canMake = false }: { path: string; canMake?: boolean }) {
  const keys = usePaged<ApiKey>(path, {});
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<KeyWithSecret>();
  const [toRevoke, setToRevoke] = useState<ApiKey>();
  const mine = useOwnKeyId();
  return (
    <section class="card" aria-labelledby="keys">
      <div class="card-head">
        <h2 id="keys">API keys</h2>
        {canMake && <button type="button" class="small" onClick={() => setMaking(true)}>Make a key</button>}
      </div>
      {made && <Made made={made} onDone={() => setMade(undefined)} />}
      <LoadablePages from={keys} what="Loading the keys">{(items) => <Table keys={items} mine={mine} onRevoke={setToRevoke} />}</LoadablePages>
      {isMaking && <NewKey path={path} onClose={() => setMaking(false)} onMade={(key) => { setMaking(false); setMade(key); keys.reload(); }} />}
      {toRevoke && (
        <Confirm title={`Revoke “${toRevoke.name}”?`} action="Revoke" onClose={() => setToRevoke(undefined)}
          onDo={async () => { await call("DELETE", `${path}/${toRevoke.id}`); setToRevoke(undefined); say("The key was revoked."); keys.reload(); }}>
          {toRevoke.id === mine && <p class="wrong-text"><strong>You are signed in with this key: revoking it signs you out.</strong></p>}
          <p>Whatever uses it is refused from then on. Processes that have just seen it may take it for up to <code>KEY_CACHE_S</code> seconds more (10, unless it is set otherwise). A revoked key does not come back.</p>
        </Confirm>
      )}
    </section>
  );
}

/** The key itself; it takes the focus, since it is not to be missed. */
function Made({ made, onDone }: { made: KeyWithSecret; onDone: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [made.id]);
  return (
    <div ref={place} tabIndex={-1} class="made-key" role="group" aria-label="The new key">
      <ShownOnce label="key" value={made.key}>{`This is “${made.name}”. Copy it now: it is kept only as a digest, and never shown again.`}</ShownOnce>
      <button type="button" class="small" onClick={onDone}>I have it</button>
    </div>
  );
}

function Table({ keys, mine, onRevoke }: { keys: ApiKey[]; mine: string | undefined; onRevoke: (key: ApiKey) => void }) {
  if (keys.length === 0) return <Empty title="No keys"><p>Without one, this user cannot sign in or call the API.</p></Empty>;
  return (
    <table class="stack">
      <caption class="visually-hidden">{counted(keys.length, "key")}</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">Made</th><th scope="col">Last used</th><th scope="col">Expires</th><th scope="col"><span class="visually-hidden">Revoke</span></th></tr></thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td data-label="Name"><span><strong>{key.name}</strong> {key.rights.map((right) => <Badge key={right} tone="plain">{right}</Badge>)}{key.id === mine && <Badge tone="good">this session</Badge>}</span></td>
            <td data-label="Made"><Time at={key.createdAt} /></td>
            <td data-label="Last used">{key.lastUsedOn ? <time class="day" dateTime={key.lastUsedOn} title="the day, in UTC">{key.lastUsedOn}</time> : <span class="muted">never</span>}</td>
            <td data-label="Expires">{key.expiresAt === null ? <span class="muted">never</span> : <Ends at={key.expiresAt} />}</td>
            <td data-label=""><button type="button" class="small danger" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>Revoke</button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Ends({ at }: { at: string }) {
  return <><Time at={at} />{Date.parse(at) <= Date.now() && <> <Badge tone="bad">expired</Badge></>}</>;
}

/** The id of the key that this tab is signed in with, where the browser lets the page reckon it. */
function useOwnKeyId(): string | undefined {
  const [id, setId] = useState<string>();
  useEffect(() => void idOfKey(currentKey() ?? "").then(setId), []);
  return id;
}
