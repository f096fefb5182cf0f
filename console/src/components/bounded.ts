// Keeps text that is too long out of a field. Megabytes in an input freeze the page, and nobody pastes them on purpose.
import { useState } from "preact/hooks";
import { bytes } from "../text/format.ts";

type Input = HTMLInputElement | HTMLTextAreaElement;
interface Typed { currentTarget: Input }

/** Event handlers of a field with a maximum length, and the error if a text was longer. */
export function useBounded(charactersMax: number, value: string, onInput: (value: string) => void) {
  const [refused, setRefused] = useState(0);
  const keepOut = (length: number, event: { preventDefault: () => void }) => {
    if (length <= charactersMax) return;
    event.preventDefault(); // before the browser renders it
    setRefused(length);
  };
  return {
    problem: refused === 0 ? undefined : `That was ${bytes(refused)} of text. At most ${bytes(charactersMax)} are allowed, so it was not inserted. Shorten it, and paste it again.`,
    handlers: {
      onPaste: (event: ClipboardEvent) => keepOut(event.clipboardData?.getData("text/plain").length ?? 0, event),
      onBeforeInput: (event: InputEvent) => keepOut(event.data?.length ?? 0, event), // by drag and drop, or by the browser's tools
      onInput: ({ currentTarget }: Typed) => {
        const { length } = currentTarget.value;
        setRefused(length > charactersMax ? length : 0);
        if (length > charactersMax) currentTarget.value = value;
        else onInput(currentTarget.value);
      },
    },
  };
}
