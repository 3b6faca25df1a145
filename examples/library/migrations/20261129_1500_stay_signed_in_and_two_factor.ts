import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261129_1445_covers_in_storage"],
  schema: "65e65b791b03",
  ops: [
    op.createTable("gable_recovery_codes", {
      columns: {
        id: { type: "id" },
        user_id: { type: "text", max: 255 },
        digest: { type: "text", max: 64 },
        used_at: { type: "datetime", null: true },
      },
      primary: ["id"],
      indexes: { gable_recovery_codes_user_id_index: { columns: ["user_id"] } },
    }),
    op.createTable("gable_remember_tokens", {
      columns: {
        id: { type: "id" },
        selector: { type: "text", max: 32 },
        digest: { type: "text", max: 64 },
        previous_digest: { type: "text", null: true, max: 64 },
        salt: { type: "text", null: true, max: 64 },
        user_id: { type: "text", max: 255 },
        created_at: { type: "datetime" },
        replaced_at: { type: "datetime", null: true },
        expires_at: { type: "datetime" },
      },
      primary: ["id"],
      uniques: { gable_remember_tokens_selector_unique: { columns: ["selector"] } },
      indexes: {
        gable_remember_tokens_user_id_index: { columns: ["user_id"] },
        gable_remember_tokens_expires_at_index: { columns: ["expires_at"] },
      },
    }),
    op.createTable("gable_two_factors", {
      columns: {
        user_id: { type: "text", max: 255 },
        secret: { type: "text", max: 500 },
        last_step: { type: "int" },
        enabled_at: { type: "datetime" },
      },
      primary: ["user_id"],
    }),
  ],
});
