import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261129_0053_task_notes"],
  schema: "f464272a69a9",
  ops: [
    op.createTable("gable_groups", {
      columns: { id: { type: "id" }, name: { type: "text", max: 100 } },
      primary: ["id"],
      uniques: { gable_groups_name_unique: { columns: ["name"] } },
    }),
    op.createTable("gable_group_members", {
      columns: { user_id: { type: "id" }, group_id: { type: "id" } },
      primary: ["user_id", "group_id"],
      indexes: {
        gable_group_members_user_id_index: { columns: ["user_id"] },
        gable_group_members_group_id_index: { columns: ["group_id"] },
      },
      foreignKeys: {
        gable_group_members_user_foreign: { columns: ["user_id"], table: "readers", references: ["id"], onDelete: "cascade" },
        gable_group_members_group_foreign: { columns: ["group_id"], table: "gable_groups", references: ["id"], onDelete: "cascade" },
      },
    }),
    op.createTable("gable_group_permissions", {
      columns: { group_id: { type: "id" }, permission: { type: "text", max: 100 } },
      primary: ["group_id", "permission"],
      indexes: { gable_group_permissions_group_id_index: { columns: ["group_id"] } },
      foreignKeys: {
        gable_group_permissions_group_foreign: { columns: ["group_id"], table: "gable_groups", references: ["id"], onDelete: "cascade" },
      },
    }),
    op.createTable("gable_user_permissions", {
      columns: { user_id: { type: "id" }, permission: { type: "text", max: 100 } },
      primary: ["user_id", "permission"],
      indexes: { gable_user_permissions_user_id_index: { columns: ["user_id"] } },
      foreignKeys: {
        gable_user_permissions_user_foreign: { columns: ["user_id"], table: "readers", references: ["id"], onDelete: "cascade" },
      },
    }),
  ],
});
