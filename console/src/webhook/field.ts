// What a field of a webhook is: its words, its input, and how it is read from the API and sent to it.
import type { Webhook, WebhookDraft, WebhookPatch } from "../api/types.ts";
import type { Authentication } from "./authentication.ts";
import type { HeaderRow } from "./headers.ts";
import type { ChosenTypes } from "./notification-types.ts";
import type { SectionName } from "./sections.ts";
import type { Schedule } from "./retry-schedule.ts";

/** The members that an owner may set. `enabled` is no field: a button sets it. */
export type FieldName = Exclude<keyof WebhookDraft | keyof WebhookPatch, "enabled">;

/** A webhook as the API returns it. `asymmetricSignature` is added: the API returns the public key in its place. */
export type Answer = Webhook & { asymmetricSignature: boolean };

type Sent<Name extends FieldName> = Name extends keyof WebhookDraft ? WebhookDraft[Name] : Name extends keyof WebhookPatch ? WebhookPatch[Name] : never;

/** The request's members that are valid so far; `null` is the default. */
export type Values = { -readonly [Name in FieldName]?: Sent<Name> };

/** What the form holds for fields with an input of their own. */
interface OwnInput { notificationType: ChosenTypes; headers: HeaderRow[]; authentication: Authentication; retrySchedule: Schedule }

/** What the form holds for a field. Unless it has an input of its own: a boolean if the API has one, else the text that was typed. */
export type Entered<Name extends FieldName> = Name extends keyof OwnInput ? OwnInput[Name] : NonNullable<Sent<Name>> extends boolean ? boolean : string;

/** All fields as they were typed. */
export type Form = { [Name in FieldName]: Entered<Name> };

/** The kinds of inputs, and what each holds. `webhook-form/inputs.tsx` has their components. */
export interface Inputs {
  line: string; number: string; expression: string; choice: string; flag: boolean;
  url: string; actionType: string; types: ChosenTypes; headers: HeaderRow[]; authentication: Authentication; schedule: Schedule;
}
type InputFor<Value> = { [Kind in keyof Inputs]: [Value, Inputs[Kind]] extends [Inputs[Kind], Value] ? Kind : never }[keyof Inputs];

/** How a field is presented. */
export interface Words {
  label: string;
  hint?: string;
  /** An example in code, after the hint. */
  example?: string;
  placeholder?: string;
  section: SectionName;
  /** Two of these fit next to each other. */
  isHalf?: boolean;
  /** How the webhook's page shows it. A fact unless it is said here. */
  shownAs?: "code" | "nothing";
  /** Only admins can choose it. */
  isForAdmins?: boolean;
}

export interface Field<Returned, Sent, Entered> extends Words {
  input: InputFor<Entered>;
  /** For a choice: the values and their names. */
  options?: Readonly<Record<string, string>>;
  /** Whether what is wrong is shown while somebody types, and not only when they save. */
  isCheckedWhileTyping?: boolean;
  /** Whether its parts have errors of their own. */
  hasParts?: boolean;
  /** What a new webhook begins with. */
  blank: Entered;
  fromApi: (value: Returned, isOwn: boolean) => Entered;
  /** `before` is what the form held at first, or `null` for a new webhook. */
  toApi: (entered: Entered, before: Entered | null) => Sent | Wrong;
  /** For people, without secrets. Empty if nothing is set: then `unset` is shown. */
  inWords: (entered: Entered, form: Form) => string;
  unset: string;
  /** The API's limits, for a test that compares them with its description. */
  bounds?: readonly [number, number];
  lengthMax?: number;
}

/** It is set when the webhook is created, and never changes. */
export interface Fixed { isFixed: true }

/** One entry for each field: a name that is missing, or that the API does not have, fails the type check. */
export type Fields = {
  readonly [Name in FieldName]: Field<Answer[Name], Sent<Name>, Entered<Name>> & (Name extends keyof WebhookPatch ? unknown : Fixed);
};

/** What is wrong with a field: a sentence, or one for each part of it. */
export class Wrong {
  readonly problems: Readonly<Record<string, string>>;

  constructor(problems: string | Record<string, string>) {
    this.problems = typeof problems === "string" ? { "": problems } : problems;
  }

  /** The sentences by the path of the field or of its part. */
  under(name: string): Record<string, string> {
    return Object.fromEntries(Object.entries(this.problems).map(([part, problem]) => [part === "" ? name : `${name}.${part}`, problem]));
  }
}
