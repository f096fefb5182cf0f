// The bodies that both stories send. SAMPLE is the reference page's own, member for member; both clients have to take it as it is.

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

export const URL = given("POSTHORN_URL");
export const KEY = given("POSTHORN_KEY");
export const RECEIVER = given("RECEIVER_URL");

export const SAMPLE = {
    "webhooks": [{
        "url": "https://my.webhook.url",
        "name": "My Webhook",
        "notificationType": ["ALL_NOTIFICATIONS"],
        "global": true
    }]
};

/** The fields of a webhook that are required, and no more. */
export const PLAIN = { url: RECEIVER, name: "Plain", notificationType: ["ALL_NOTIFICATIONS"], global: true };

export const DELETED = {
  notificationType: "modelDeleted",
  text: "Steve Touw has deleted the test data source.",
  dataSourceName: "test",
  actionBy: 1,
  targetGroup: null,
};

/** A change with secrets, in the types that the compiler finds for it. */
export const PAUSED = {
  enabled: false,
  authentication: { type: "basic" as const, username: "me", password: "a secret" },
  headers: { "X-Team": "data" },
};

/** Ask again until there is an answer, for as long as a machine that is busy may need. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) { // the test that runs the story ends it if nothing comes
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
