import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { thrownValues } from "../../test/thrown-values.ts";
import { toErrorText } from "./error-text.ts";
import { isGableError } from "./gable-error.ts";

describe("toErrorText()", () => {
  for (const [name, make, text] of thrownValues) it(`returns a message for ${name}`, () => assert.equal(toErrorText(make()), text));
});

describe("isGableError()", () => {
  for (const [name, make] of thrownValues) it(`is false for ${name}`, () => assert.equal(isGableError(make()), false));
});
