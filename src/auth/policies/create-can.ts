/** can(): permissions with one name, policies with an action and a model. */
import type { Account } from "../account-fields.ts";
import type { Accounts, CanGuards, CanQuestion } from "../accounts.ts";
import type { AccountsOptions } from "../options.ts";
import { createPermissionChecks } from "../permissions/checks.ts";
import { PolicyChecks } from "./policy-checks.ts";
import type { FindKey } from "./policy-checks.ts";
import type { PolicyModel } from "./policy.ts";

/** Creates what asks for permissions and policies: a guard, a question for handlers, and queries of lists. */
export function createCan({ permissions = [], policies = [] }: AccountsOptions): {
  readonly guard: CanGuards<Account, string>;
  readonly can: CanQuestion<string>;
  readonly scope: Accounts["scope"];
} {
  const checks = createPermissionChecks(permissions);
  const policyChecks = new PolicyChecks(policies, checks.can);
  const guard = (name: string, model?: PolicyModel, find?: FindKey<PolicyModel>) => {
    const made = model === undefined ? checks.guard(name) : policyChecks.guard(name, model, find);
    // Events and lists of guards have this name.
    return Object.defineProperty(made, "name", { value: "can" });
  };
  const can: CanQuestion<string> = (context: Parameters<typeof checks.can>[0], name: string, target?: object) =>
    target === undefined ? checks.can(context, name) : policyChecks.allows(context, name, target);
  // One function has all three forms; the types of guards are not set at run time.
  return { guard: guard as CanGuards<Account, string>, can, scope: (context, model) => policyChecks.scope(context, model) };
}
