/** Runs work without the scopes of models, so that it sees the rows of all owners. */
import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { GableError } from "../../errors/gable-error.ts";
import { assertFunction, describeValue } from "../../errors/option-errors.ts";
import { beginWork } from "./begin-work.ts";

const unscoped = new AsyncLocalStorage<true>();
const lifted = channel("gable.data.scope");

/**
 * Runs work that sees the rows of all owners, whatever the scopes of models say. Publishes the reason on the channel
 * `gable.data.scope` of node:diagnostics_channel, and an application writes it to its log. Throws `E_SCOPE_REASON`.
 */
export function withoutScope<Result>(reason: string, work: () => Result): Result {
  if (typeof reason !== "string" || reason.trim() === "")
    throw new GableError("E_SCOPE_REASON", `withoutScope() got ${describeValue(reason)} as its reason.`);
  assertFunction("withoutScope()", work);
  if (lifted.hasSubscribers) lifted.publish({ reason });
  return unscoped.run(true, beginWork, work);
}

/** Returns whether the current work sees the rows of all owners. */
export function isUnscoped(): boolean {
  return unscoped.getStore() === true;
}
