// What the webhook would send, next to the form.
import { Badge, Loading, Problem } from "../../components/basics.tsx";
import { Code } from "../../components/code.tsx";
import { TextArea } from "../../components/form.tsx";
import type { Preview } from "../../api/types.ts";
import type { Form } from "../../webhook/field.ts";
import { verdict } from "./preview.ts";
import type { Previewed, Sample } from "./use-preview.ts";

interface Props { form: Form; sample: Sample; previewed: Previewed; isForeign: boolean }

export function PreviewPanel({ form, sample, previewed, isForeign }: Props) {
  const { preview, error, isWaiting, sampleError, fields } = previewed;
  const isBlocked = sampleError !== null || Object.keys(fields).length > 0;
  return (
    <section class="preview" aria-labelledby="preview-title">
      <div class="preview-head">
        <h2 id="preview-title">Preview</h2>
        {isWaiting && preview !== undefined && <span class="muted small-text">updating…</span>}
      </div>
      <div aria-live="polite">
        {isBlocked && <p class="preview-verdict"><Badge tone="bad">not yet</Badge> {sampleError !== null ? "The sample below is wrong." : "A field is wrong. The reason is next to it."}</p>}
        {!isBlocked && preview !== undefined && <VerdictLine preview={preview} form={form} sample={sample.text} isForeign={isForeign} />}
      </div>
      <Problem error={error} retry={previewed.retry} />
      {preview === undefined && isWaiting && error === undefined && !isBlocked && <Loading lines={4} what="Loading the preview" />}
      {preview !== undefined && <div class={isBlocked || isWaiting ? "stale" : undefined}><Request preview={preview} /></div>}
      <TextArea label="Sample notification" rows={9} value={sample.text} onInput={sample.write} error={sampleError ?? undefined}
        hint="Any JSON object with a notificationType. Nothing is sent or stored." />
      {sample.isOwn && <button type="button" class="small" onClick={sample.reset}>Use the sample for the chosen type again</button>}
    </section>
  );
}

function VerdictLine({ preview, form, sample, isForeign }: { preview: Preview; form: Form; sample: string; isForeign: boolean }) {
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
          <p class="hint">The signature is a placeholder, and your own values are hidden.</p>
        </details>
      )}
    </>
  );
}
