// Short messages about what was just done. Screen readers read them too.
import { Store, useStore } from "../state/store.ts";

const STAYS_MS = 6_000;
const messages = new Store<{ id: number; text: string }[]>([]);
let next = 0;

export function toast(text: string): void {
  const id = next++;
  messages.set([...messages.value, { id, text }]);
  setTimeout(() => messages.set(messages.value.filter((each) => each.id !== id)), STAYS_MS);
}

export function Toasts() {
  return <div class="toasts" role="status" aria-live="polite">{useStore(messages).map(({ id, text }) => <p key={id}>{text}</p>)}</div>;
}
