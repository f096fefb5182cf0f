// The preview is updated shortly after the last keystroke in the form.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, call } from "../../api/client.ts";
import type { Action, Preview } from "../../api/types.ts";
import type { FieldErrors } from "../../webhook/errors.ts";
import type { Form, Values } from "../../webhook/field.ts";
import { typeOfSample } from "../../webhook/notification-types.ts";
import { previewBody, previewErrors } from "./preview.ts";
import { sampleOf, sampleProblem } from "./sample.ts";

const PAUSE_MS = 400;

export interface Sample { text: string; isOwn: boolean; write: (text: string) => void; reset: () => void }

/** The sample has one of the chosen types until somebody types a sample of their own. */
export function useSample(form: Form, actions: readonly Action[], person: number | string): Sample {
  const [own, setOwn] = useState<string | null>(null);
  const type = typeOfSample(form.notificationType, actions);
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

/** Requests the preview when nothing has changed for a moment. A response that is out of date is dropped. */
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
    const put = (next: (before: Answer) => Answer) => { if (!controller.signal.aborted) { setAnswer(next); setWaiting(false); } };
    const timer = setTimeout(() => {
      call<Preview>("POST", "webhooks/preview", { body, signal: controller.signal })
        .then((preview) => put(() => ({ ...NOTHING, preview })), (error: unknown) => put((before) => ({ ...before, ...refused(error) })));
    }, PAUSE_MS);
    return () => { clearTimeout(timer); controller.abort(); };
  }, [body, turn]);
  return { ...answer, sampleError: problem ?? answer.sampleError, isWaiting, retry: () => setTurn((before) => before + 1) };
}

/** The last preview stays; each error is shown at its field or at the sample. */
function refused(error: unknown): Omit<Answer, "preview"> {
  if (!(error instanceof ApiError)) return { error, fields: {}, sampleError: null };
  const { fields, sample } = previewErrors(error);
  const isShownThere = sample !== null || Object.keys(fields).length > 0;
  return { error: isShownThere ? undefined : error, fields, sampleError: sample };
}
