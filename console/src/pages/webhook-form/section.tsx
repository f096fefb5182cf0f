// A section of the form that is closed until somebody needs it.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** It is open at first if a field in it is used, and opens if one is wrong. */
export function Section({ title, note, isUsed, isWrong, children }: { title: string; note: string; isUsed: boolean; isWrong: boolean; children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(isUsed);
  useEffect(() => { if (isWrong) setOpen(true); }, [isWrong]);
  return (
    <details class="form-section" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><span>{title}</span> <span class="muted small-text">{note}</span></summary>
      <div class="form-section-body">{children}</div>
    </details>
  );
}

/** Opens the section of the first wrong field and focuses the field. Returns whether there is one. */
export function focusFirstWrong(form: HTMLElement | null): boolean {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (!wrong) return false;
  for (let around = wrong.closest("details"); around !== null; around = around.parentElement?.closest("details") ?? null) around.open = true;
  wrong.focus();
  wrong.scrollIntoView({ block: "center" });
  return true;
}
