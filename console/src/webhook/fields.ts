// The fields of a webhook, declared once. The form, the requests, the webhook's page and the audit come from this table.
import { counted } from "../text/format.ts";
import { authenticationFromApi, authenticationToApi, METHODS, NO_AUTHENTICATION } from "./authentication.ts";
import type { Field, FieldName, Fields, Fixed } from "./field.ts";
import { headersFromApi, headersToApi } from "./headers.ts";
import { choice, flag, number, optionalChoice, requiredText, text } from "./kinds.ts";
import { NO_TYPES, typesFromApi, typesInWords, typesToApi } from "./notification-types.ts";
import { NO_SCHEDULE, scheduleFromApi, scheduleInWords, scheduleToApi } from "./retry-schedule.ts";
import { urlToApi } from "./url.ts";

const EXPRESSION = { section: "content", shownAs: "code", unset: "none", lengthMax: 1_000 } as const;

const ACTION_TYPES = { "": "by or for the owner", triggered: "by the owner", received: "for the owner" };

/** In the order in which people see them. To add a field, add an entry. */
export const FIELDS: Fields = {
  url: {
    label: "URL", section: "basics", placeholder: "https://example.com/hooks", hint: "Requests are sent to it with POST. Treat a chat’s URL as a password.",
    input: "url", unset: "unchanged", blank: "", fromApi: (value, isOwn) => (isOwn ? value : ""), toApi: urlToApi, inWords: (entered) => entered,
  },
  name: requiredText({ label: "Name", section: "basics", placeholder: "Our channel", shownAs: "nothing", lengthMax: 200, missing: "Enter a name." }),
  description: text({ label: "Description", hint: "What the webhook is for, or who to ask about it.", section: "basics", unset: "none", lengthMax: 1_000 }),
  notificationType: {
    label: "Notification types", section: "basics",
    input: "types", unset: "none", blank: NO_TYPES, fromApi: typesFromApi, toApi: typesToApi, inWords: typesInWords,
  },
  actionType: {
    ...optionalChoice({
      label: "Scope", section: "basics", isHalf: true, options: ACTION_TYPES,
      hint: "By the owner: the owner did it (actionBy). For the owner: it is for them (targetUser) or one of their groups (targetGroup).",
    }),
    input: "actionType", inWords: (entered, form) => (form.global ? "everything" : ACTION_TYPES[entered as keyof typeof ACTION_TYPES]),
  },
  format: choice({
    label: "Format", hint: "The format of the payload. The preview shows it.", section: "basics", isHalf: true, blank: "slack",
    options: {
      slack: "Slack", standard: "Standard Webhooks, for your own code", discord: "Discord", teams: "Microsoft Teams", googlechat: "Google Chat", mattermost: "Mattermost",
      cloudevents: "CloudEvents",
    },
  }),
  global: {
    ...flag({ label: "For all users (global)", hint: "Also sends what other users do and receive. You cannot change this later.", section: "basics", shownAs: "nothing", isForAdmins: true }),
    isFixed: true,
  },
  filter: {
    ...text({ ...EXPRESSION, label: "Filter", hint: "A JMESPath expression. Notifications for which it evaluates to false, null or empty are not delivered.", example: "modelType == 'datasource' && modelId > `10`" }),
    input: "expression",
  },
  transform: {
    ...text({ ...EXPRESSION, label: "Transform", hint: "A JMESPath expression. Its result is the payload, whatever the format.", example: "{summary: text, id: modelId}" }),
    input: "expression",
  },
  headers: {
    label: "Headers", hint: "Sent with every request, for example an API key. The values are not shown again.", section: "access", hasParts: true,
    input: "headers", unset: "none", blank: [], fromApi: headersFromApi, toApi: headersToApi, inWords: (rows) => rows.map((row) => row.name).join(", "),
  },
  authentication: {
    label: "Authentication", section: "access", hasParts: true,
    input: "authentication", unset: "none", blank: NO_AUTHENTICATION, fromApi: authenticationFromApi, toApi: authenticationToApi,
    inWords: ({ method }) => (method === "none" ? "" : METHODS[method] ?? method),
  },
  retrySchedule: {
    label: "Retries", section: "limits",
    input: "schedule", unset: "the service’s default", blank: NO_SCHEDULE, fromApi: scheduleFromApi, toApi: scheduleToApi, inWords: scheduleInWords,
  },
  timeoutSeconds: number({
    label: "Timeout", hint: "Seconds for an attempt.", section: "limits", isHalf: true,
    min: 1, max: 30, inWords: (seconds) => `${seconds} s`, unset: "the service’s default",
  }),
  rateLimitPerSecond: number({
    label: "Rate limit", hint: "Attempts per second. Slack accepts 1.", section: "limits", isHalf: true,
    min: 0.001, max: 1_000, inWords: rateInWords, unset: "no limit",
  }),
  retentionDays: number({
    label: "Retention", hint: "Days until records are deleted. It applies to new records only.", section: "limits",
    min: 1, max: 90, isWhole: true, inWords: (days) => counted(days, "day"), unset: "the service’s default",
  }),
  asymmetricSignature: {
    ...flag({
      label: "Asymmetric signature", section: "signature",
      hint: "Adds an ed25519 signature (v1a) to requests. Anybody with the public key can verify requests, but cannot create them. You cannot change this later.",
    }),
    isFixed: true,
  },
};

function rateInWords(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond} per second` : `one every ${Number((1 / perSecond).toPrecision(3))} s`;
}

/** A field of any type, for code that handles all of them. */
export type AnyField = Field<any, any, any> & Partial<Fixed>;

export const ENTRIES = Object.entries(FIELDS) as readonly (readonly [FieldName, AnyField])[];
