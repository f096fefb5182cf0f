// Signing in with an API key.
import { useState } from "preact/hooks";
import { ApiError, call, root } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { Note, Problem } from "../components/basics.tsx";
import { TextField } from "../components/form.tsx";
import { useAction } from "../state/loading.ts";
import { enter, leave, session, tryKey } from "../state/session.ts";
import { useStore } from "../state/store.ts";

/** Requests the user of the key. A key that the service does not accept is dropped. */
export async function signIn(key: string): Promise<void> {
  tryKey(key);
  try {
    enter(await call<Me>("GET", "me"));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) leave();
    throw error;
  }
}

export function SignIn() {
  const [key, setKey] = useState("");
  const { why } = useStore(session);
  const entering = useAction(async () => signIn(key.trim()));
  const isRefused = entering.error instanceof ApiError && entering.error.status === 401;
  return (
    <main class="sign-in">
      <h1>Posthorn</h1>
      <p class="muted">Webhooks and their history.</p>
      <form onSubmit={(event) => { event.preventDefault(); void entering.run(); }}>
        {why && <Note tone="warn">{why}</Note>}
        <TextField label="API key" type="password" value={key} onInput={setKey} required autofocus
          hint="An admin creates keys. Yours stays in this tab and is deleted when you close it." />
        <Problem error={isRefused ? undefined : entering.error} />
        <button type="submit" class="primary" disabled={entering.isBusy || key.trim() === ""}>{entering.isBusy ? "Signing in…" : "Sign in"}</button>
      </form>
      <p class="muted small-text"><a href={`${root}docs`}>API documentation</a></p>
    </main>
  );
}
