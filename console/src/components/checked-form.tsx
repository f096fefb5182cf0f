// A form that focuses its first wrong field.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** If there is an `error`, the first field that shows a part of it is focused, so that a screen reader reads it. */
export function CheckedForm({ error, onSubmit, class: name, children }: { error: unknown; onSubmit: () => void; class?: string; children: ComponentChildren }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => { if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(); }, [error]);
  return <form ref={form} class={name} onSubmit={(event) => { event.preventDefault(); onSubmit(); }}>{children}</form>;
}
