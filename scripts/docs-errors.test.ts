import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readExplanations } from "./docs-errors.ts";

/** Codes that a newcomer meets first: each needs a cause and an example, which the line of the catalogue cannot give. */
const required = `
  E_SETTINGS_INVALID E_OPTION_UNKNOWN E_OPTION_INVALID E_HOSTS_MISSING E_HOST_UNKNOWN E_APP_STARTED E_PART_START
  E_ROUTE_NOT_FOUND E_METHOD_NOT_ALLOWED E_ROUTE_DUPLICATE E_ROUTE_PARAM E_ROUTE_RESULT E_PATTERN_MALFORMED E_CONVERTER_UNKNOWN
  E_REQUEST_CROSS_SITE E_BODY_TOO_LARGE E_INPUT_INVALID E_QUERY_INVALID
  E_DATABASE_MISSING E_DATABASE_OPEN E_DATABASE_URL E_DRIVER_MISSING E_POOL_TIMEOUT E_FIELD_UNKNOWN E_FILTER_UNDEFINED E_VALIDATION
  E_MIGRATION_QUESTION E_MIGRATION_EDITED E_MIGRATION_DRIFT E_MIGRATION_HEADS
  E_VIEW_NOT_FOUND E_VIEW_SYNTAX E_VIEW_NAME E_VIEW_PROP E_VIEW_VALUE E_VIEW_PLACE
  E_FORM_NOT_VALID E_FORM_MALFORMED
`
  .trim()
  .split(/\s+/);

const explanations = await readExplanations();

describe("explanations of error codes", () => {
  it("exist for the codes that a newcomer meets first", () => {
    assert.deepEqual(
      required.filter((code) => !explanations.has(code)),
      [],
    );
  });

  for (const [code, { file, text }] of explanations) {
    it(`give the cause and the fix of ${code} (${file})`, () => {
      assert.match(text, /^\*\*Cause:\*\* [A-Z`][^]{20,}/);
      assert.match(text.split("\n").at(-1)!, /\.$/, "the last line is the fix");
    });
  }
});
