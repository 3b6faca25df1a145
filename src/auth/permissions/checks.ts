/** Asks for permissions: in guards, and in handlers. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuard } from "../accounts.ts";
import { refuseVisitor } from "../guards.ts";
import { findService } from "../find-service.ts";
import { assertDeclared } from "./permissions.ts";

/** The questions about permissions of some accounts. */
export interface PermissionChecks {
  /** Answers a handler. */
  readonly can: (context: AnyContext, permission: string) => Promise<boolean>;
  /** Creates a guard. */
  readonly guard: (permission: string) => AccountGuard;
}

/** Creates the questions. They find the permissions of the application whose request runs. */
export function createPermissionChecks(names: readonly string[]): PermissionChecks {
  const declared: ReadonlySet<string> = new Set(names);
  return {
    can: async (context, permission) => {
      assertDeclared(declared, permission);
      const user = await findService(context).loadUser(context);
      return user !== null && hasPermission(context, user, permission);
    },
    guard: (permission) => {
      assertDeclared(declared, permission);
      return async (context) => {
        const user = await findService(context).loadUser(context);
        if (user === null) return refuseVisitor(context);
        if (await hasPermission(context, user, permission)) return true;
        throw new GableError("E_ACCESS_DENIED", `Your account lacks the permission "${permission}".`);
      };
    },
  };
}

function hasPermission(context: AnyContext, user: Account, permission: string): Promise<boolean> {
  return findService(context).permissions().has(context, user, permission);
}
