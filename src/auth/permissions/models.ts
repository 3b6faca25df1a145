/** The tables of groups and permissions, as models: migrations and development create them like every other table. */
import { Model } from "../../data/model.ts";
import { field as f } from "../../data/schema/field.ts";
import { belongsTo } from "../../data/schema/relation.ts";
import type { AccountModel } from "../account-fields.ts";
import type { UserClass } from "../options.ts";
import { permissionNameMax } from "./names.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the models of groups and of what users and groups may do: the tables `gable_groups`, `gable_group_members`,
 * `gable_user_permissions` and `gable_group_permissions`. Their rows go when their user or group is deleted.
 *
 * @example
 * export const { Group, GroupMember, UserPermission, GroupPermission } = permissionModels(User);
 */
export const permissionModels = (user: UserClass & { readonly $options: { readonly database?: string } }) => {
  // defineAccounts() checks that the model has the columns of accounts.
  const User = user as unknown as AccountModel;
  const place = user.$options.database === undefined ? {} : { database: user.$options.database };
  const permission = f.text({ max: permissionNameMax });
  const Group = Model(
    "gable_groups",
    { id: f.id(), name: f.text({ max: permissionNameMax, unique: true }) },
    { orderBy: "name", ...place },
  );
  const GroupMember = Model(
    "gable_group_members",
    { user: () => belongsTo(User, { onDelete: "cascade" }), group: () => belongsTo(Group, { onDelete: "cascade" }) },
    { primary: ["user", "group"], ...place },
  );
  const UserPermission = Model(
    "gable_user_permissions",
    { user: () => belongsTo(User, { onDelete: "cascade" }), permission },
    { primary: ["user", "permission"], ...place },
  );
  const GroupPermission = Model(
    "gable_group_permissions",
    { group: () => belongsTo(Group, { onDelete: "cascade" }), permission },
    { primary: ["group", "permission"], ...place },
  );
  return { Group, GroupMember, UserPermission, GroupPermission };
};

/** The models of groups and permissions. */
export type PermissionModels = ReturnType<typeof permissionModels>;
