/** Names of permissions and groups. */

/** Most characters of the name of a permission or a group. */
export const permissionNameMax = 100;

/** The table of each model of `permissionModels()`. */
export const permissionTables: Readonly<Record<"Group" | "GroupMember" | "UserPermission" | "GroupPermission", string>> = {
  Group: "gable_groups",
  GroupMember: "gable_group_members",
  UserPermission: "gable_user_permissions",
  GroupPermission: "gable_group_permissions",
};
