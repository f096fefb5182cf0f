// What the webhook would send, beside the form that says so.
import { Badge, Loading, Problem } from "../../components/basics.tsx";
import { Code } from "../../components/code.tsx";
import { TextArea } from "../../components/form.tsx";
import type { Preview } from "../../api/types.ts";
import type { Form } from "./form.ts";
import { verdict } from "./preview.ts";
import type { Previewed, Sample } from "./use-preview.ts";

interface Props { form: Form; sample: Sample; previewed: Previewed; isForeign: boolean }

export function PreviewPanel({ form, sample, previewed, isForeign }: Props) {
  const { preview, error, isWaiting, sampleError, fields } = previewed;
  const isHeldUp = sampleError !== null || Object.keys(fields).length > 0;
  return (
    <section class="preview" aria-labelledby="preview-title">
      <div class="preview-head">
        <h2 id="preview-title">Preview</h2>
        {isWaiting && preview !== undefined && <span class="muted small-text">updating…</span>}
      </div>
      <div aria-live="polite">
        {isHeldUp && <p class="preview-verdict"><Badge tone="bad">not yet</Badge> {sampleError !== null ? "The sample below is not right yet." : "A field is not right yet, and says why."}</p>}
        {!isHeldUp && preview !== undefined && <Told preview={preview} form={form} sample={sample.text} isForeign={isForeign} />}
      </div>
      <Problem error={error} retry={previewed.retry} />
      {preview === undefined && isWaiting && error === undefined && !isHeldUp && <Loading lines={4} what="Making the preview" />}
      {preview !== undefined && <div class={isHeldUp || isWaiting ? "stale" : undefined}><Request preview={preview} /></div>}
      <TextArea label="Sample notification" rows={9} value={sample.text} onInput={sample.write} error={sampleError ?? undefined}
        hint="Any JSON object with a notificationType; nothing is sent or kept." />
      {sample.isOwn && <button type="button" class="small" onClick={sample.reset}>Back to the sample for the chosen type</button>}
    </section>
  );
}

function Told({ preview, form, sample, isForeign }: { preview: Preview; form: Form; sample: string; isForeign: boolean }) {
  const { tone, word, why } = verdict(preview, form, sample, isForeign);
  return <p class="preview-verdict"><Badge tone={tone}>{word}</Badge> {why}</p>;
}

function Request({ preview: { body, headers } }: { preview: Preview }) {
  return (
    <>
      {body !== null && <Code text={body} label="Body" />}
      {headers !== null && (
        <details class="preview-headers">
          <summary>Headers</summary>
          <dl>{Object.entries(headers).map(([name, value]) => <div key={name}><dt class="mono">{name}</dt><dd class="mono">{value}</dd></div>)}</dl>
          <p class="hint">The signature is a placeholder’s, and your own values are hidden.</p>
        </details>
      )}
    </>
  );
}
