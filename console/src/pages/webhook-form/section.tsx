// A part of the form that is closed while nobody needs it.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Opens by itself when it holds something, or something in it is wrong. */
export function Section({ title, note, holds, isWrong, children }: { title: string; note: string; holds: boolean; isWrong: boolean; children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(holds);
  useEffect(() => { if (isWrong) setOpen(true); }, [isWrong]);
  return (
    <details class="form-section" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><span>{title}</span> <span class="muted small-text">{note}</span></summary>
      <div class="form-section-body">{children}</div>
    </details>
  );
}

/** Opens what is closed around the first field that is wrong, and goes there; tells whether there is one. */
export function focusFirstWrong(form: HTMLElement | null): boolean {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (!wrong) return false;
  for (let around = wrong.closest("details"); around !== null; around = around.parentElement?.closest("details") ?? null) around.open = true;
  wrong.focus();
  wrong.scrollIntoView({ block: "center" });
  return true;
}
