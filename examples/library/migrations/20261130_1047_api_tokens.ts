import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261129_1516_open_loans_index"],
  schema: "a22a7b424dc9",
  ops: [
    op.createTable("gable_api_tokens", {
      columns: {
        id: { type: "id" },
        digest: { type: "text", max: 64 },
        hint: { type: "text", max: 20 },
        name: { type: "text", max: 100 },
        scopes: { type: "text", max: 4000 },
        user_id: { type: "text", max: 255 },
        created_at: { type: "datetime" },
        expires_at: { type: "datetime" },
        used_at: { type: "datetime", null: true },
      },
      primary: ["id"],
      uniques: { gable_api_tokens_digest_unique: { columns: ["digest"] } },
      indexes: { gable_api_tokens_user_id_index: { columns: ["user_id"] }, gable_api_tokens_expires_at_index: { columns: ["expires_at"] } },
    }),
  ],
});
