// The sample notification of the preview.

export const NOTIFICATION_BYTES_MAX = 131_072; // the service's default for NOTIFICATION_BYTES_MAX; the service checks it again

type Members = Record<string, unknown>;
/** Members that describe the subject, by the beginning of the type's name. The first match counts. */
const SUBJECTS: readonly (readonly [RegExp, Members])[] = [
  [/^(collection|automaticDomain)/, { collectionName: "Finance", modelType: "collection", modelId: 7 }],
  [/project/i, { projectName: "Churn", modelType: "project", modelId: 4 }],
  [/^(tag|purpose|framework|globalPolicy)/, { name: "Confidential", modelId: 3 }],
  [/^webhook/, { name: "My webhook" }],
  [/^(user|group|attribute|permissions|apiKey|bulkJob)/, {}],
];
const DATA_SOURCE: Members = { dataSourceName: "test", modelType: "datasource", modelId: 15 };
const CUSTOM: Members = { name: "Example", modelId: 1 };

/** A notification of the type that a person caused and that is for them. */
export function sampleOf(type: string, person: number | string, isCustom: boolean): string {
  const subject = SUBJECTS.find(([begins]) => begins.test(type))?.[1] ?? DATA_SOURCE;
  const members = { notificationType: type, ...(isCustom ? CUSTOM : subject), actionBy: person, targetUser: person, targetGroup: null };
  return JSON.stringify(members, null, 2);
}

/** Why a text is not a notification, as a sentence; `null` if it is one. */
export function sampleProblem(text: string): string | null {
  if (text.length > NOTIFICATION_BYTES_MAX || new TextEncoder().encode(text).length > NOTIFICATION_BYTES_MAX) {
    return `The sample is ${Math.ceil(text.length / 1024).toLocaleString("en")} KiB long. A notification has at most ${NOTIFICATION_BYTES_MAX / 1024} KiB. Shorten it.`;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? null : "A notification is a JSON object: { … }.";
  } catch (error) {
    return text.trim() === "" ? "Enter a notification as JSON." : `This is not JSON yet: ${error instanceof Error ? error.message : "it cannot be read"}.`;
  }
}

/** The type of a sample. */
export function typeIn(text: string): string | null {
  try {
    const type: unknown = JSON.parse(text).notificationType;
    return typeof type === "string" ? type : null;
  } catch {
    return null;
  }
}
