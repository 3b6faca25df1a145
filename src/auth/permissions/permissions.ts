/** What users may do: permissions that they have themselves, and those of their groups. */
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import { describeValue } from "../../errors/option-errors.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import type { PermissionModels } from "./models.ts";

/** What the permissions of an application are made of. */
export interface PermissionSetup {
  readonly models: PermissionModels;
  /** The names that `defineAccounts()` declares. */
  readonly declared: readonly string[];
}

/** The permissions of one application. */
export class Permissions {
  readonly models: PermissionModels;
  /** The names that `defineAccounts()` declares. */
  readonly declared: ReadonlySet<string>;
  /** Runs work in the database of the users. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly #read = new WeakMap<AnyContext, { readonly userId: number; readonly names: Promise<ReadonlySet<string>> }>();

  constructor({ models, declared }: PermissionSetup, run: <Result>(work: () => Promise<Result>) => Promise<Result>) {
    this.models = models;
    this.declared = new Set(declared);
    this.run = run;
  }

  /** Says whether the user of a request has a permission. The first question of a request reads all of them. */
  async has(context: AnyContext, user: Account, name: string): Promise<boolean> {
    this.assertDeclared(name);
    if (!user.active) return false;
    // A model may leave the column out.
    if (user.isSuperuser === true) return true;
    return (await this.#readOnce(context, user)).has(name);
  }

  /** Reads the declared permissions of a user, also those of the groups. */
  async list({ id }: Pick<Account, "id">): Promise<ReadonlySet<string>> {
    const { UserPermission, GroupPermission, GroupMember } = this.models;
    const groupIds = GroupMember.where({ userId: id }).pluck("groupId");
    const names = await this.run(async () =>
      UserPermission.where({ userId: id })
        .pluck("permission")
        .union(GroupPermission.where({ groupId: { in: groupIds } }).pluck("permission"))
        .on("primary"),
    );
    return new Set(names.filter((name) => this.declared.has(name)));
  }

  /** Throws `E_PERMISSION_UNKNOWN` for a name that is not declared. */
  assertDeclared(name: string): void {
    assertDeclared(this.declared, name);
  }

  #readOnce(context: AnyContext, user: Account): Promise<ReadonlySet<string>> {
    const kept = this.#read.get(context);
    if (kept?.userId === user.id) return kept.names;
    const names = this.list(user);
    this.#read.set(context, { userId: user.id, names });
    // A query that failed may succeed when it is asked again.
    names.catch(() => this.#read.delete(context));
    return names;
  }
}

/** Throws `E_PERMISSION_UNKNOWN` for a name that is not declared. */
export function assertDeclared(declared: ReadonlySet<string>, name: string): void {
  if (declared.has(name)) return;
  throw new GableError("E_PERMISSION_UNKNOWN", `No permission is named ${describeValue(name)}.`, {
    fix:
      declared.size === 0
        ? 'Declare it: defineAccounts({ permissions: ["loans.lend"] }).'
        : suggestName(name, declared, `Use one of: ${[...declared].join(", ")}.`),
  });
}
