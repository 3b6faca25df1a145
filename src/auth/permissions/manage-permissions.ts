/** Groups and permissions without a request: for the command line, for seeds and for commands of your own. */
import { transaction } from "../../data/run/transaction.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { Account } from "../account-fields.ts";
import type { Permissions } from "./permissions.ts";

/** Who has a permission: a user, or all members of the group of a name. */
export type PermissionHolder = { readonly user: Pick<Account, "id"> } | { readonly group: string };

/** Changes groups and permissions. What is so already stays so, without an error. */
export interface PermissionManager {
  /** Gives permissions. Throws `E_PERMISSION_UNKNOWN` and `E_GROUP_UNKNOWN`; then it gives none of them. */
  grant(holder: PermissionHolder, names: readonly string[]): Promise<void>;
  /** Takes permissions back. A user may still have them from a group. Throws `E_PERMISSION_UNKNOWN` and `E_GROUP_UNKNOWN`. */
  revoke(holder: PermissionHolder, names: readonly string[]): Promise<void>;
  /** Returns the permissions of a user in the order of their names, also those of the groups. Superusers may do more. */
  list(user: Pick<Account, "id">): Promise<readonly string[]>;
  /** Creates a group without members. Throws `E_VALIDATION` for a name of more than 100 characters. */
  createGroup(name: string): Promise<void>;
  /** Puts a user into a group. Throws `E_GROUP_UNKNOWN`. */
  addToGroup(user: Pick<Account, "id">, group: string): Promise<void>;
  /** Takes a user out of a group. Throws `E_GROUP_UNKNOWN`. */
  removeFromGroup(user: Pick<Account, "id">, group: string): Promise<void>;
  /** Runs several changes in one transaction: all of them happen, or none. */
  together(work: () => Promise<void>): Promise<void>;
}

/** Creates the manager of the permissions of an application. */
export function createPermissionManager(permissions: Permissions): PermissionManager {
  const { models } = permissions;
  const findGroupId = async (name: string): Promise<number> => {
    const group = await models.Group.where({ name }).on("primary").first();
    if (group !== undefined) return group.id;
    throw new GableError("E_GROUP_UNKNOWN", `No group is named ${JSON.stringify(name)}.`);
  };
  const assertAll = (names: readonly string[]): void => {
    for (const name of names) permissions.assertDeclared(name);
  };
  return {
    grant: async (holder, names) => {
      assertAll(names);
      await permissions.run(async () => {
        if ("user" in holder) {
          const rows = names.map((permission) => ({ user: holder.user.id, permission }));
          return models.UserPermission.createMany(rows, { onConflict: "ignore" });
        }
        const group = await findGroupId(holder.group);
        return models.GroupPermission.createMany(
          names.map((permission) => ({ group, permission })),
          { onConflict: "ignore" },
        );
      });
    },
    revoke: async (holder, names) => {
      assertAll(names);
      const permission = { in: [...names] };
      await permissions.run(async () => {
        if ("user" in holder) return models.UserPermission.where({ userId: holder.user.id, permission }).delete();
        return models.GroupPermission.where({ groupId: await findGroupId(holder.group), permission }).delete();
      });
    },
    list: async (user) => [...(await permissions.list(user))].sort(),
    createGroup: async (name) => void (await permissions.run(() => models.Group.getOrCreate({ name }))),
    addToGroup: async ({ id }, group) =>
      void (await permissions.run(async () =>
        models.GroupMember.createMany([{ user: id, group: await findGroupId(group) }], { onConflict: "ignore" }),
      )),
    removeFromGroup: async ({ id }, group) =>
      void (await permissions.run(async () => models.GroupMember.where({ userId: id, groupId: await findGroupId(group) }).delete())),
    together: (work) => permissions.run(() => transaction(work)),
  };
}
