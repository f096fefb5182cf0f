import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceOn } from "./advice.ts";

type Failed = Parameters<typeof adviceOn>[0];

const CASES: [Failed, RegExp, boolean][] = [
  [{ failureCause: "status", httpStatusCode: 500 }, /its own log/, false],
  [{ failureCause: "status", httpStatusCode: 302 }, /Redirects are not followed/, true],
  [{ failureCause: "status", httpStatusCode: 401 }, /verifies signatures/, true],
  [{ failureCause: "status", httpStatusCode: 200 }, /its own log/, false], // Teams says in the body that it failed
  [{ failureCause: "badResponse", httpStatusCode: 404 }, /did not answer in HTTP/, false],
  [{ failureCause: "timeout", httpStatusCode: null }, /longer timeout/, true],
];

for (const [failed, text, isOfWebhook] of CASES) {
  test(`${failed.failureCause} ${failed.httpStatusCode} comes with what to do about it`, () => {
    const advice = adviceOn(failed);
    assert.match(advice?.text ?? "", text);
    assert.equal(advice?.isOfWebhook, isOfWebhook);
  });
}

test("where nothing failed there is nothing to do", () => {
  assert.equal(adviceOn({ failureCause: null, httpStatusCode: 200 }), null);
});
