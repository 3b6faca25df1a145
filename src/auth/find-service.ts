/** Finds the accounts of the application that runs a request. */
import { GableError } from "../errors/gable-error.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { AccountService } from "./service.ts";

/** Finds the accounts of the application that runs a request. Throws `E_ACCOUNTS_SETUP` where it has none. */
export function findService(context: AnyContext): AccountService {
  const service = findServiceIfAny(context);
  if (service !== undefined) return service;
  throw new GableError("E_ACCOUNTS_SETUP", "The application has no accounts.", {
    fix: "Pass accounts to gable(): gable({ accounts: defineAccounts({ user: User }) }).",
  });
}

/** Finds the accounts of the application that runs a request; undefined where it has none. */
export function findServiceIfAny(context: AnyContext): AccountService | undefined {
  // The part adds the property; handlers of applications read context.user.
  return (context as unknown as { readonly accounts?: AccountService }).accounts;
}
