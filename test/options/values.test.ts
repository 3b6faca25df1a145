/** What calls with one important value do with a wrong one: the error names the call and the value, and says what to pass. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { file, html, json, middleware, page, stream, text } from "gable";
import { createTestClient } from "gable/testing";

/** Each call takes anything here, as from JavaScript. */
type Call = (value: never) => unknown;

const calls: Readonly<Record<string, readonly [call: Call, code: string, wrong: readonly unknown[]]>> = {
  "text()": [text, "E_OPTION_INVALID", [undefined, null, 5, {}, html`<p></p>`]],
  "page()": [page, "E_OPTION_INVALID", [undefined, null, "<p></p>", 5]],
  "stream()": [stream, "E_OPTION_INVALID", [undefined, null, "abc", 5, ["a"], async function* () {}]],
  "file()": [(path) => file(path, { root: "." }), "E_OPTION_INVALID", [undefined, null, 5, {}]],
  "middleware()": [middleware, "E_OPTION_INVALID", [undefined, null, 5, "log", {}]],
  "json()": [json, "E_JSON_VALUE", [undefined, () => 1, Symbol("a")]],
  "createTestClient()": [createTestClient, "E_TEST_SETUP", [undefined, null, {}, "app"]],
};

describe("a wrong value", () => {
  for (const [name, [call, code, wrong]] of Object.entries(calls))
    for (const value of wrong)
      it(`is refused by ${name}: ${typeof value} ${String(value)}`, () =>
        assert.rejects(
          async () => call(value as never), // The mistake.
          (error: Error & { code?: string; fix?: string }) => {
            assert.equal(error.code, code, String(error));
            assert.match(error.fix ?? "", /\w/);
            if (code !== "E_JSON_VALUE") assert.ok(error.message.includes(name), error.message);
            return true;
          },
        ));
});
