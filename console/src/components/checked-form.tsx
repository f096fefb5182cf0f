// A form that leads to what is wrong with it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Where an `error` comes back, the first field that shows a part of it takes the focus, and a screen reader tells why. */
export function CheckedForm({ error, onSubmit, class: name, children }: { error: unknown; onSubmit: () => void; class?: string; children: ComponentChildren }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => { if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(); }, [error]);
  return <form ref={form} class={name} onSubmit={(event) => { event.preventDefault(); onSubmit(); }}>{children}</form>;
}
