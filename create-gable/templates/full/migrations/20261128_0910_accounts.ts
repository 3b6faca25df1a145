import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261128_0900_initial"],
  schema: "1ed7644f7fb0",
  ops: [
    op.createTable("gable_account_tokens", {
      columns: {
        digest: { type: "text", max: 64 },
        purpose: { type: "text", max: 20 },
        user_id: { type: "text", max: 255 },
        email: { type: "text", max: 254 },
        expires_at: { type: "datetime" },
        used_at: { type: "datetime", null: true },
      },
      primary: ["digest"],
      indexes: {
        gable_account_tokens_user_id_index: { columns: ["user_id"] },
        gable_account_tokens_expires_at_index: { columns: ["expires_at"] },
      },
    }),
    op.createTable("gable_rates", {
      columns: { key: { type: "text", max: 64 }, paid_at_us: { type: "bigint" }, is_allowed: { type: "int" } },
      primary: ["key"],
      indexes: { gable_rates_paid_at_us_index: { columns: ["paid_at_us"] } },
    }),
    op.createTable("users", {
      columns: {
        id: { type: "id" },
        email: { type: "text", max: 254 },
        password: { type: "text", max: 512 },
        email_verified_at: { type: "datetime", null: true },
        active: { type: "boolean" },
        is_staff: { type: "boolean" },
        is_superuser: { type: "boolean" },
        signed_in_at: { type: "datetime", null: true },
        password_changed_at: { type: "datetime", null: true },
        sessions_valid_from: { type: "datetime", null: true },
      },
      primary: ["id"],
      uniques: { users_email_unique: { columns: ["email"] } },
    }),
  ],
});
