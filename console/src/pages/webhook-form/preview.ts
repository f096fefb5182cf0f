// What is asked of `POST /webhooks/preview`, and what its answer means.
import type { Preview } from "../../api/types.ts";
import { fieldErrors, type FieldErrors, type Refusal } from "./errors.ts";
import { ALL, type Form } from "./form.ts";
import { draftOf, type Values } from "./reading.ts";
import { typeIn } from "./sample.ts";
import { hears } from "./types.ts";

const URL_IN_PLACE = "https://receiver.example/";
const KEPT = "kept"; // a preview masks secrets, so that anything serves for one that only the service knows
const EVERYTHING: Values = { url: URL_IN_PLACE, name: "Preview", notificationType: [ALL] };

/** The body of the request. The sample goes as it was written, so that its numbers stay as they are. */
export function previewBody(values: Values, sample: string, isForeign: boolean): string {
  const webhook = { ...EVERYTHING, ...draftOf(values), ...(isForeign ? { global: true } : {}) };
  if (webhook.url === "") webhook.url = URL_IN_PLACE;
  if (webhook.headers) webhook.headers = withoutKept(webhook.headers);
  if (webhook.authentication) webhook.authentication = withoutKept({ ...webhook.authentication, ...(webhook.authentication.tokenUrl === "" ? { tokenUrl: URL_IN_PLACE } : {}) });
  return `{"webhook":${JSON.stringify(webhook)},"notification":${sample}}`;
}

/** Of a refused preview: what belongs to fields of the form, and what belongs to the sample. */
export function previewErrors(error: Refusal): { fields: FieldErrors; sample: string | null } {
  const isOfForm = error.code !== "invalid_input" || Object.keys(error.fields).some((path) => path.startsWith("webhook."));
  const fields = isOfForm ? fieldErrors(error) : {};
  const isOfSample = !isOfForm && Object.keys(error.fields).length > 0;
  return { fields, sample: isOfSample || error.code === "too_large" ? error.message : null };
}

export interface Verdict { tone: "good" | "plain" | "warn"; word: string; why: string }

/** Whether it would be sent, in a word and a sentence. */
export function verdict(preview: Preview, form: Form, sample: string, isForeign: boolean): Verdict {
  if (preview.problem !== null) return { tone: "warn", word: "fails", why: `Nothing would be sent, and the history would say: ${preview.problem}` };
  if (!preview.passesFilter) return { tone: "plain", word: "not sent", why: "The filter holds this notification back." };
  if (!form.isAll && form.types.length === 0) return { tone: "plain", word: "not sent yet", why: "No notification types are chosen. This is what it would look like." };
  if (!preview.matches) return { tone: "plain", word: "not sent", why: unheard(form, sample) };
  return { tone: "good", word: "would be sent", why: isForeign ? "If it concerns the webhook’s owner: that is not part of this preview." : "This is the request, byte for byte." };
}

function unheard(form: Form, sample: string): string {
  const type = typeIn(sample) ?? "this type";
  if (!hears(form, type)) return `The webhook does not hear of ${type}. This is what it would look like.`;
  if (form.actionType === "triggered") return "It is not you who did it (actionBy).";
  if (form.actionType === "received") return "It is not for you (targetUser, targetGroup).";
  return "It does not concern you: neither did you do it (actionBy), nor is it for you (targetUser, targetGroup).";
}

function withoutKept<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value === true ? KEPT : value])) as Members;
}
