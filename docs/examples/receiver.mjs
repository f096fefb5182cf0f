// A receiver of webhooks that believes signed requests only.
//
// `npm ci`, then `WEBHOOK_SECRET=whsec_… node receiver.mjs` listens on 127.0.0.1:9000; PORT overrides, 0 takes any free port.

import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const BODY_BYTES_MAX = 1_048_576;
const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set(); // of one process, for a day or two; what must outlive a restart belongs in a table

// Verify, drop what came before, act, answer; whatever takes longer than a second belongs behind the answer.
async function receive(request) {
  if (!(Number(request.headers["content-length"]) <= BODY_BYTES_MAX)) return 413;
  const deliveryId = request.headers["webhook-id"];
  try {
    const body = await buffer(request); // the very bytes: what was parsed and written again verifies no more
    webhook.verify(body, request.headers);
    if (seen.has(deliveryId)) {
      console.log(`came before: ${deliveryId}`); // delivery is at least once, and each attempt carries the same id
    } else {
      console.log(`received: ${JSON.parse(body).text}`);
      seen.add(deliveryId);
    }
  } catch (error) {
    console.log(`refused: ${error.message}`);
    return 401;
  }
  return 204;
}

const server = createServer(async (request, response) => {
  response.writeHead(await receive(request)).end();
});
server.listen(Number(process.env.PORT ?? 9000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
