// Text that is too long for any field stays out of it: megabytes in an input freeze the page, and nobody meant to put them there.
import { useState } from "preact/hooks";
import { bytes } from "../text/format.ts";

type Input = HTMLInputElement | HTMLTextAreaElement;
interface Typed { currentTarget: Input }

/** Handlers of a field that takes so many characters, and what to say to somebody who had more. */
export function useBounded(charactersMax: number, value: string, onInput: (value: string) => void) {
  const [refused, setRefused] = useState(0);
  const keepOut = (length: number, event: { preventDefault: () => void }) => {
    if (length <= charactersMax) return;
    event.preventDefault(); // before the browser lays it out
    setRefused(length);
  };
  return {
    problem: refused === 0 ? undefined : `That was ${bytes(refused)} of text, and ${bytes(charactersMax)} are the most here. Nothing was put in: shorten it, and paste it again.`,
    handlers: {
      onPaste: (event: ClipboardEvent) => keepOut(event.clipboardData?.getData("text/plain").length ?? 0, event),
      onBeforeInput: (event: InputEvent) => keepOut(event.data?.length ?? 0, event), // dropped, or put in by the browser's own helpers
      onInput: ({ currentTarget }: Typed) => {
        const { length } = currentTarget.value;
        setRefused(length > charactersMax ? length : 0);
        if (length > charactersMax) currentTarget.value = value;
        else onInput(currentTarget.value);
      },
    },
  };
}
