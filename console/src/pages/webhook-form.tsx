// Creating a webhook, and editing one.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, call } from "../api/client.ts";
import type { Me, Webhook, WebhooksCreated, WebhookWithSecret } from "../api/types.ts";
import { Empty, Note, PageHead } from "../components/basics.tsx";
import { Loadable } from "../components/loaded.tsx";
import { toast } from "../components/toasts.tsx";
import { useAction, useLoaded } from "../state/loading.ts";
import { go, href } from "../state/router.ts";
import { Merged, VersionConflict } from "./webhook-form/conflict.tsx";
import { Created } from "./webhook-form/created.tsx";
import { Editor } from "./webhook-form/editor.tsx";
import { forget, keep, unsaved } from "./webhook-form/unsaved.ts";
import { useDraft } from "./webhook-form/use-draft.ts";
import type { Form } from "../webhook/field.ts";
import { blankForm, draftOf, formOf, patchOf, read } from "../webhook/form.ts";
import { type Rebased, rebased } from "../webhook/rebase.ts";

export function NewWebhookPage({ me }: { me: Me }) {
  const place = `${me.id} created`;
  const [created, setCreated] = useState(() => unsaved<WebhookWithSecret>(place));
  const show = (webhook: WebhookWithSecret) => { keep(place, webhook); setCreated(webhook); };
  if (created !== undefined) return <Created webhook={created} onDone={() => forget(place)} />;
  return <NewForm me={me} onCreated={show} />;
}

function NewForm({ me, onCreated }: { me: Me; onCreated: (webhook: WebhookWithSecret) => void }) {
  const name = `${me.id} new`;
  const [wasKept] = useState(() => unsaved<Form>(name) !== undefined);
  const draft = useDraft(name, blankForm(), null);
  const save = async () => {
    const { createdWebhooks } = await call<WebhooksCreated>("POST", "webhooks", { body: { webhooks: [draftOf(draft.values)] } });
    forget(name);
    if (createdWebhooks[0] !== undefined) onCreated(createdWebhooks[0]);
  };
  const discard = () => { draft.put(blankForm()); forget(name); };
  return (
    <>
      <PageHead title="New webhook" note="A webhook sends a request to your URL when something happens that you subscribe to." />
      <Editor draft={draft} me={me} webhook={null} isForeign={false} action="Create the webhook" back={href("webhooks")} save={save} discard={discard}>
        {wasKept && draft.isChanged && <Note>These are your changes that are not saved yet.</Note>}
      </Editor>
    </>
  );
}

export function EditWebhookPage({ id, me }: { id: string; me: Me }) {
  const webhook = useLoaded((signal) => call<Webhook>("GET", `webhooks/${encodeURIComponent(id)}`, { signal }), [id]);
  if (webhook.value !== undefined) return <EditForm loaded={webhook.value} me={me} />;
  const isGone = webhook.error instanceof ApiError && webhook.error.status === 404;
  return (
    <>
      <PageHead title="Edit a webhook" />
      {isGone ? <Empty title="There is no such webhook."><p>It was deleted, or it belongs to another user.</p><a href={href("webhooks")}>Go to the webhooks</a></Empty> : <Loadable from={webhook} lines={8} what="Loading the webhook" />}
    </>
  );
}

/** Changes that are not saved belong to the version that they were made to. */
interface Start { webhook: Webhook; merged: Rebased | null }

function EditForm({ loaded, me }: { loaded: Webhook; me: Me }) {
  const name = `${me.id} ${loaded.id}`;
  const isOwn = String(loaded.createdBy) === String(me.id);
  const [start, setStart] = useState<Start>(() => ({ webhook: unsaved<Webhook>(`${name} base`) ?? loaded, merged: null }));
  const { webhook, merged } = start;
  const base = useMemo(() => formOf(webhook, isOwn), [webhook, isOwn]);
  const [wasKept] = useState(() => unsaved<Form>(name) !== undefined);
  const draft = useDraft(name, base, base);
  const [isOutdated, setOutdated] = useState(false);
  const back = href("webhooks", webhook.id);
  const forgetAll = () => { forget(name); forget(`${name} base`); };
  const leave = (message: string) => { forgetAll(); toast(message); go(back, { replace: true }); };
  useEffect(() => (draft.isChanged ? keep(`${name} base`, webhook) : forget(`${name} base`)), [name, webhook, draft.isChanged]);
  const save = async () => {
    const patch = patchOf(read(base, base).values, draft.values);
    if (Object.keys(patch).length === 0) return leave("Nothing was changed.");
    try {
      await call<Webhook>("PATCH", `webhooks/${webhook.id}`, { body: patch, headers: { "If-Match": `"${webhook.version}"` } });
      leave(`${draft.form.name.trim()} is saved.`);
    } catch (error) {
      setOutdated(error instanceof ApiError && error.code === "version_conflict");
      throw error;
    }
  };
  const loading = useAction(async () => {
    const newer = await call<Webhook>("GET", `webhooks/${webhook.id}`);
    const result = rebased(base, draft.form, newer, isOwn);
    draft.put(result.form);
    setStart({ webhook: newer, merged: result });
    setOutdated(false);
  });
  const discard = () => { forgetAll(); draft.put(formOf(loaded, isOwn)); setStart({ webhook: loaded, merged: null }); };
  return (
    <>
      <PageHead title={`Edit ${webhook.name}`} note={isOwn ? undefined : `It belongs to user ${webhook.createdBy}.`} />
      <Editor draft={draft} me={me} webhook={webhook} isForeign={!isOwn} action="Save the changes" back={back} save={save} discard={discard}>
        {wasKept && draft.isChanged && merged === null && !isOutdated && <Note>These are your changes that are not saved yet.</Note>}
        {isOutdated && <VersionConflict loading={loading} />}
        {merged && !isOutdated && <Merged merged={merged} form={draft.form} onTake={({ name: field, theirs }) => { draft.change({ [field]: theirs[field] }); setStart({ webhook, merged: { ...merged, conflicts: merged.conflicts.filter((each) => each.name !== field) } }); }} />}
      </Editor>
    </>
  );
}
