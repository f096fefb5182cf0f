// The fields of a webhook: what everybody decides, and what is closed until somebody needs it.
import type { Action, Me, Webhook } from "../../api/types.ts";
import { Checkbox, Select, TextArea, TextField } from "../../components/form.tsx";
import type { Loaded } from "../../state/loading.ts";
import { AuthenticationFields } from "./authentication.tsx";
import { concerns, type Member, partOf } from "./errors.ts";
import type { Form } from "./form.ts";
import { Headers } from "./headers.tsx";
import { KeyPair, Pace } from "./pace.tsx";
import { Section } from "./section.tsx";
import { TypesPicker } from "./types-picker.tsx";
import type { Draft } from "./use-draft.ts";

const FORMATS: readonly (readonly [string, string])[] = [
  ["slack", "Slack"],
  ["standard", "Standard Webhooks: for your own code"],
  ["discord", "Discord"],
  ["teams", "Microsoft Teams"],
  ["googlechat", "Google Chat"],
  ["mattermost", "Mattermost"],
];
const CONCERNS: readonly (readonly [Form["actionType"], string])[] = [["", "what I do or what is for me"], ["triggered", "what I do"], ["received", "what is for me or my groups"]];
const OF_OWNER: readonly (readonly [Form["actionType"], string])[] = [["", "what its owner does or is for them"], ["triggered", "what its owner does"], ["received", "what is for them or their groups"]];
const CONTENT: readonly Member[] = ["filter", "transform"];
const ACCESS: readonly Member[] = ["headers", "authentication"];
const PACE: readonly Member[] = ["retrySchedule", "timeoutSeconds", "rateLimitPerSecond", "retentionDays"];

export interface FieldsProps { draft: Draft; me: Me; webhook: Webhook | null; isForeign: boolean; actions: Loaded<Action[]> }

export function Fields(props: FieldsProps) {
  const { draft, isForeign } = props;
  const { form, base, errors, change } = draft;
  return (
    <>
      <Essentials {...props} />
      <Section title="Filter and transform" note="send less, or something else" holds={form.filter + form.transform !== ""} isWrong={concerns(errors, CONTENT)}>
        <Expressions draft={draft} />
      </Section>
      <Section title="Headers and authentication" note="for a receiver behind a gateway" holds={form.headers.length > 0 || form.authentication.way !== "none"} isWrong={concerns(errors, ACCESS)}>
        <Headers rows={form.headers} kept={base?.headers.map((row) => row.name) ?? []} error={errors["headers"]} errors={partOf(errors, "headers")} onChange={(headers) => change({ headers })} />
        <AuthenticationFields given={form.authentication} before={base?.authentication ?? null} error={errors["authentication"]} errors={partOf(errors, "authentication")} isForeign={isForeign} onChange={(authentication) => change({ authentication })} />
      </Section>
      <Section title="Retries and limits" note="how often, how long, how fast" holds={form.schedule.kind !== "default" || form.timeoutSeconds + form.rateLimitPerSecond + form.retentionDays !== ""} isWrong={concerns(errors, PACE)}>
        <Pace draft={draft} />
      </Section>
      <Section title="Signature" note="a key pair beside the secret" holds={form.hasKeyPair} isWrong={concerns(errors, ["asymmetricSignature"])}>
        <KeyPair draft={draft} />
      </Section>
    </>
  );
}

function Essentials({ draft, me, webhook, isForeign, actions }: FieldsProps) {
  const { form, errors, change } = draft;
  return (
    <>
      <TextField label="URL" inputMode="url" value={form.url} onInput={(url) => change({ url })} error={errors["url"]}
        placeholder={isForeign ? webhook?.url ?? "" : "https://example.com/hooks"}
        hint={isForeign ? <>Only its owner sees all of <span class="mono">{webhook?.url}</span>. It stays as it is unless you write another one.</> : "Where the requests go, by POST. Treat a chat’s URL as a password."} />
      <TextField label="Name" value={form.name} onInput={(name) => change({ name })} error={errors["name"]} placeholder="Our channel" />
      <TypesPicker form={form} actions={actions} error={errors["notificationType"]} onChange={change} />
      <div class="pair">
        <Whose draft={draft} me={me} webhook={webhook} isForeign={isForeign} />
        <Select label="Format" value={form.format} options={FORMATS} onChange={(format) => change({ format })} error={errors["format"]} hint="The shape of the body, shown in the preview." />
      </div>
    </>
  );
}

/** Whom the notifications concern; all of them, for an admin who makes one, and chosen once. */
function Whose({ draft: { form, errors, change }, me, webhook, isForeign }: Omit<FieldsProps, "actions">) {
  const options = isForeign ? OF_OWNER : CONCERNS;
  const ofAll = [[form.actionType, "everything"]] as const;
  return (
    <div>
      <Select label="Of these, send" value={form.actionType} options={form.isGlobal ? ofAll : options} onChange={(actionType) => change({ actionType: actionType as Form["actionType"] })} error={errors["actionType"]} hint={form.isGlobal && webhook !== null ? "It is global, and was made so." : undefined} />
      {me.role === "admin" && webhook === null && (
        <Checkbox label="Everybody’s (global)" checked={form.isGlobal} onChange={(isGlobal) => change({ isGlobal })} hint="Hears of what others do and get, too. It cannot be changed later." />
      )}
      {errors["global"] && <p class="wrong-text">{errors["global"]}</p>}
    </div>
  );
}

function Expressions({ draft: { form, errors, change } }: { draft: Draft }) {
  return (
    <>
      <TextArea label="Filter (JMESPath)" rows={2} value={form.filter} onInput={(filter) => change({ filter })} error={errors["filter"]}
        hint={<>What it finds false, null or empty is not sent: <code>{"modelType == 'datasource' && modelId > `10`"}</code></>} />
      <TextArea label="Transform (JMESPath)" rows={3} value={form.transform} onInput={(transform) => change({ transform })} error={errors["transform"]}
        hint={<>Its result is the body, whatever the format: <code>{"{summary: text, id: modelId}"}</code></>} />
    </>
  );
}
