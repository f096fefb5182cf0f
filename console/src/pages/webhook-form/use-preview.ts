// The preview that follows the form, a moment after the last keystroke.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { Action, Preview } from "../../api/types.ts";
import type { FieldErrors } from "./errors.ts";
import type { Form } from "./form.ts";
import { previewBody, previewErrors } from "./preview.ts";
import type { Values } from "./reading.ts";
import { sampleOf, sampleProblem } from "./sample.ts";
import { typeOfSample } from "./types.ts";

const PAUSE_MS = 400;

export interface Sample { text: string; isOwn: boolean; write: (text: string) => void; reset: () => void }

/** The sample follows the chosen types until somebody writes one. */
export function useSample(form: Form, actions: readonly Action[], person: number | string): Sample {
  const [own, setOwn] = useState<string | null>(null);
  const type = typeOfSample(form, actions);
  const isCustom = actions.find((each) => each.name === type)?.isCustom ?? false;
  const text = useMemo(() => sampleOf(type, person, isCustom), [type, person, isCustom]);
  return { text: own ?? text, isOwn: own !== null && own !== text, write: setOwn, reset: () => setOwn(null) };
}

export interface Previewed {
  preview: Preview | undefined; isWaiting: boolean; error: unknown; retry: () => void;
  fields: FieldErrors; sampleError: string | null;
}

type Answer = Pick<Previewed, "preview" | "error" | "fields" | "sampleError">;
const NOTHING: Answer = { preview: undefined, error: undefined, fields: {}, sampleError: null };

/** Ask when nothing has changed for a moment; an answer that comes too late is dropped. */
export function usePreview(values: Values, sample: string, isForeign: boolean): Previewed {
  const problem = useMemo(() => sampleProblem(sample), [sample]);
  const body = useMemo(() => (problem === null ? previewBody(values, sample, isForeign) : null), [problem, values, sample, isForeign]);
  const [answer, setAnswer] = useState<Answer>(NOTHING);
  const [isWaiting, setWaiting] = useState(true);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setWaiting(body !== null);
    if (body === null) return;
    const controller = new AbortController();
    const settle = (next: (before: Answer) => Answer) => { if (!controller.signal.aborted) { setAnswer(next); setWaiting(false); } };
    const timer = setTimeout(() => {
      call<Preview>("POST", "webhooks/preview", { body, signal: controller.signal })
        .then((preview) => settle(() => ({ ...NOTHING, preview })), (error: unknown) => settle((before) => ({ ...before, ...refused(error) })));
    }, PAUSE_MS);
    return () => { clearTimeout(timer); controller.abort(); };
  }, [body, turn]);
  return { ...answer, sampleError: problem ?? answer.sampleError, isWaiting, retry: () => setTurn((before) => before + 1) };
}

/** What was known stays in sight; what is wrong stands where it belongs. */
function refused(error: unknown): Omit<Answer, "preview"> {
  if (!(error instanceof ApiError)) return { error, fields: {}, sampleError: null };
  const { fields, sample } = previewErrors(error);
  const isPlaced = sample !== null || Object.keys(fields).length > 0;
  return { error: isPlaced ? undefined : error, fields, sampleError: sample };
}
