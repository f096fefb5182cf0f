// The form with its preview, for new and existing webhooks.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { listAll } from "../../api/pages.ts";
import type { Action, Me, Webhook } from "../../api/types.ts";
import { Problem } from "../../components/basics.tsx";
import { useAction, useLoaded } from "../../state/loading.ts";
import { fieldErrors } from "../../webhook/errors.ts";
import { Fields } from "./fields.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { focusFirstWrong } from "./section.tsx";
import type { Draft } from "./use-draft.ts";
import { usePreview, useSample } from "./use-preview.ts";

interface Props {
  draft: Draft; me: Me; webhook: Webhook | null; isForeign: boolean; action: string; back: string;
  save: () => Promise<void>; discard: (() => void) | null; children?: ComponentChildren;
}

export function Editor({ draft, me, webhook, isForeign, action, back, save, discard, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [turn, setTurn] = useState(0);
  const actions = useLoaded((signal) => listAll<Action>("webhooks/actions", { query: { details: true }, signal }), []);
  const sample = useSample(draft.form, actions.value ?? [], webhook?.createdBy ?? me.id);
  const previewed = usePreview(draft.values, sample.text, isForeign);
  const shown = { ...draft, errors: { ...previewed.fields, ...draft.errors } };
  const saving = useAction(async () => {
    draft.showMissing();
    try {
      if (Object.keys(draft.unready).length === 0) await save();
    } catch (error) {
      draft.refuse(fieldErrorsOf(error));
      throw error;
    } finally {
      setTurn((before) => before + 1);
    }
  });
  useEffect(() => { if (turn > 0) focusFirstWrong(form.current); }, [turn]);
  const isShownAtFields = saving.error instanceof ApiError && (Object.keys(fieldErrorsOf(saving.error)).length > 0 || saving.error.code === "version_conflict");
  const wrong = Object.keys(shown.errors).length;
  return (
    <div class="form-page">
      <form ref={form} noValidate onSubmit={(event) => { event.preventDefault(); void saving.run(); }}>
        {children}
        <Fields draft={shown} around={{ me, webhook, isForeign, actions }} />
        <div class="form-foot">
          <Problem error={isShownAtFields ? undefined : saving.error} />
          {turn > 0 && wrong > 0 && <p class="wrong-text" role="status">{wrong === 1 ? "One field is wrong. The reason is next to it." : `${wrong} fields are wrong. The reasons are next to them.`}</p>}
          <div class="actions">
            <button type="submit" class="primary" disabled={saving.isBusy}>{saving.isBusy ? "Saving…" : action}</button>
            <a class="button" href={back}>{draft.isChanged ? "Later" : "Cancel"}</a>
            {discard !== null && draft.isChanged && <button type="button" class="quiet" onClick={discard}>Discard what I entered</button>}
          </div>
        </div>
      </form>
      <PreviewPanel form={draft.form} sample={sample} previewed={previewed} isForeign={isForeign} />
    </div>
  );
}

function fieldErrorsOf(error: unknown) {
  return error instanceof ApiError ? fieldErrors(error) : {};
}
