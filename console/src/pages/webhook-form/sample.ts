// The notification that a preview is made of.

export const NOTIFICATION_BYTES_MAX = 131_072; // the service's default for NOTIFICATION_BYTES_MAX, which has the last word

type Members = Record<string, unknown>;
/** What tells what happened to what, by how the type's name begins; the first that fits. */
const SUBJECTS: readonly (readonly [RegExp, Members])[] = [
  [/^(collection|automaticDomain)/, { collectionName: "Finance", modelType: "collection", modelId: 7 }],
  [/project/i, { projectName: "Churn", modelType: "project", modelId: 4 }],
  [/^(tag|purpose|framework|globalPolicy)/, { name: "Confidential", modelId: 3 }],
  [/^webhook/, { name: "My webhook" }],
  [/^(user|group|attribute|permissions|apiKey|bulkJob)/, {}],
];
const DATA_SOURCE: Members = { dataSourceName: "test", modelType: "datasource", modelId: 15 };
const CUSTOM: Members = { name: "Example", modelId: 1 };

/** A notification of that type, done by a person and meant for them, so that it pertains to them. */
export function sampleOf(type: string, person: number | string, isCustom: boolean): string {
  const subject = SUBJECTS.find(([begins]) => begins.test(type))?.[1] ?? DATA_SOURCE;
  const members = { notificationType: type, ...(isCustom ? CUSTOM : subject), actionBy: person, targetUser: person, targetGroup: null };
  return JSON.stringify(members, null, 2);
}

/** What keeps a text from being a notification, as a sentence; `null` where nothing does. */
export function sampleProblem(text: string): string | null {
  if (text.length > NOTIFICATION_BYTES_MAX || new TextEncoder().encode(text).length > NOTIFICATION_BYTES_MAX) {
    return `The sample is ${Math.ceil(text.length / 1024).toLocaleString("en")} KiB long; a notification has ${NOTIFICATION_BYTES_MAX / 1024} KiB at most. Shorten it.`;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? null : "A notification is a JSON object: { … }.";
  } catch (error) {
    return text.trim() === "" ? "Write a notification as JSON." : `This is no JSON yet: ${error instanceof Error ? error.message : "it cannot be read"}.`;
  }
}

/** The type that a sample says it is of. */
export function typeIn(text: string): string | null {
  try {
    const type: unknown = JSON.parse(text).notificationType;
    return typeof type === "string" ? type : null;
  } catch {
    return null;
  }
}
