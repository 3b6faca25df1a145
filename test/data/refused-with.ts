/** What a test expects of values that cannot be stored. */
import assert from "node:assert/strict";
import { GableError } from "../../src/errors/gable-error.ts";

/** Returns a check for `assert.rejects()`: the error is `E_VALIDATION` with these messages by field. */
export function refusedWith(errors: Readonly<Record<string, readonly string[]>>): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof GableError);
    assert.equal(error.code, "E_VALIDATION");
    assert.deepEqual(error.details["errors"], errors);
    return true;
  };
}
