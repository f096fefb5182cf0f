// The browser's own dialogs, which keep the focus inside and close with Escape.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { type Action, useAction } from "../state/loading.ts";
import { Problem } from "./basics.tsx";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => { if (opener instanceof HTMLElement) opener.focus(); };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Asks before an action that cannot be undone. If the action fails, the dialog stays open and shows the error. */
export function Confirm({ title, action, onDo, onClose, isReady = true, children }: {
  title: string; action: string; onDo: () => Promise<unknown>; onClose: () => void; isReady?: boolean; children: ComponentChildren;
}) {
  const doing: Action<[]> = useAction(onDo);
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <Problem error={doing.error} />
      <div class="actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="button" class="danger" disabled={doing.isBusy || !isReady} onClick={() => void doing.run()}>{doing.isBusy ? "Working…" : action}</button>
      </div>
    </Dialog>
  );
}
