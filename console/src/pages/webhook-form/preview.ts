// The request for `POST /webhooks/preview`, and what the response means.
import type { Preview } from "../../api/types.ts";
import { fieldErrors, type FieldErrors, type Refusal } from "../../webhook/errors.ts";
import type { Form, Values } from "../../webhook/field.ts";
import { draftOf } from "../../webhook/form.ts";
import { subscribes } from "../../webhook/notification-types.ts";
import { typeIn } from "./sample.ts";

const URL_IN_PLACE = "https://receiver.example/";
const KEPT = "kept"; // a preview masks secrets, so any text will do for one that only the service has
const REQUIRED: Values = { url: URL_IN_PLACE, name: "Preview", notificationType: ["ALL_NOTIFICATIONS"] };

/** The body of the request. The sample is sent as it was typed, so its numbers stay the same. */
export function previewBody(values: Values, sample: string, isForeign: boolean): string {
  const webhook = { ...REQUIRED, ...draftOf(values), ...(isForeign ? { global: true } : {}) };
  if (webhook.url === "") webhook.url = URL_IN_PLACE;
  if (webhook.headers) webhook.headers = withoutKept(webhook.headers);
  if (webhook.authentication) webhook.authentication = withoutKept({ ...webhook.authentication, ...(webhook.authentication.tokenUrl === "" ? { tokenUrl: URL_IN_PLACE } : {}) });
  return `{"webhook":${JSON.stringify(webhook)},"notification":${sample}}`;
}

/** The errors of a refused preview: those of the form’s fields, and that of the sample. */
export function previewErrors(error: Refusal): { fields: FieldErrors; sample: string | null } {
  const isOfForm = error.code !== "invalid_input" || Object.keys(error.fields).some((path) => path.startsWith("webhook."));
  const fields = isOfForm ? fieldErrors(error) : {};
  const isOfSample = !isOfForm && Object.keys(error.fields).length > 0;
  return { fields, sample: isOfSample || error.code === "too_large" ? error.message : null };
}

export interface Verdict { tone: "good" | "plain" | "warn"; word: string; why: string }

/** Whether it would be sent, and why not. */
export function verdict(preview: Preview, form: Form, sample: string, isForeign: boolean): Verdict {
  if (preview.problem !== null) return { tone: "warn", word: "fails", why: `Nothing would be sent. The history would say: ${preview.problem}` };
  if (!preview.passesFilter) return { tone: "plain", word: "not sent", why: "The filter rejects this notification." };
  if (!form.notificationType.isAll && form.notificationType.names.length === 0) return { tone: "plain", word: "not sent yet", why: "No notification types are chosen. This is what it would look like." };
  if (!preview.matches) return { tone: "plain", word: "not sent", why: whyNotMatched(form, sample) };
  return { tone: "good", word: "would be sent", why: isForeign ? "This preview does not check whether it concerns the webhook’s owner." : "This is the request, byte for byte." };
}

function whyNotMatched(form: Form, sample: string): string {
  const type = typeIn(sample) ?? "this type";
  if (!subscribes(form.notificationType, type)) return `The webhook does not subscribe to ${type}. This is what it would look like.`;
  if (form.actionType === "triggered") return "You did not do it (actionBy).";
  if (form.actionType === "received") return "It is not for you (targetUser, targetGroup).";
  return "It does not concern you: you did not do it (actionBy), and it is not for you (targetUser, targetGroup).";
}

function withoutKept<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value === true ? KEPT : value])) as Members;
}
