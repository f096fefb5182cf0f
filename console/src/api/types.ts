// The types of the API, by their names in openapi.json. `make console` generates `schema.d.ts` from it.
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Webhook = Schemas["Webhook"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type WebhookDraft = Schemas["WebhookInput"];
export type WebhookPatch = Schemas["WebhookPatch"];
export type WebhooksCreated = Schemas["WebhooksCreated"];
export type Preview = Schemas["Preview"];
export type HistoryRecord = Schemas["Record"];
export type RecordSummary = Schemas["RecordSummary"];
export type Stats = Schemas["Stats"];
export type Hour = Schemas["HourTally"];
export type Recovery = Schemas["Recovery"];
export type User = Schemas["User"];
export type Me = Schemas["Me"];
export type ApiKey = Schemas["Key"];
export type KeyWithSecret = Schemas["KeyWithSecret"];
export type Action = Schemas["Action"];
export type ActionWithSchema = Schemas["ActionWithSchema"];
export type AuditLine = Schemas["AuditLine"];
export type Queue = Schemas["Queue"];
