import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceOn } from "./advice.ts";

type Failed = Parameters<typeof adviceOn>[0];

const CASES: [Failed, RegExp, boolean][] = [
  [{ failureCause: "status", httpStatusCode: 500 }, /own log/, false],
  [{ failureCause: "status", httpStatusCode: 302 }, /Redirects are not followed/, true],
  [{ failureCause: "status", httpStatusCode: 401 }, /verifies signatures/, true],
  [{ failureCause: "status", httpStatusCode: 200 }, /own log/, false], // Teams reports failures in the body
  [{ failureCause: "badResponse", httpStatusCode: 404 }, /was not HTTP/, false],
  [{ failureCause: "timeout", httpStatusCode: null }, /longer timeout/, true],
];

for (const [failed, text, isOfWebhook] of CASES) {
  test(`${failed.failureCause} ${failed.httpStatusCode} has advice`, () => {
    const advice = adviceOn(failed);
    assert.match(advice?.text ?? "", text);
    assert.equal(advice?.isOfWebhook, isOfWebhook);
  });
}

test("after a success there is nothing to do", () => {
  assert.equal(adviceOn({ failureCause: null, httpStatusCode: 200 }), null);
});
