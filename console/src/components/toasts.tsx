// Short words about what was just done, said to screen readers too.
import { Store, useStore } from "../state/store.ts";

const STAYS_MS = 6_000;
const said = new Store<{ id: number; text: string }[]>([]);
let next = 0;

export function say(text: string): void {
  const id = next++;
  said.set([...said.value, { id, text }]);
  setTimeout(() => said.set(said.value.filter((each) => each.id !== id)), STAYS_MS);
}

export function Toasts() {
  return <div class="toasts" role="status" aria-live="polite">{useStore(said).map(({ id, text }) => <p key={id}>{text}</p>)}</div>;
}
