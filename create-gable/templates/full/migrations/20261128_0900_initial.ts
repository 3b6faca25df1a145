import { migration, op } from "gable/migrations";

export default migration({
  after: [],
  schema: "7847799bffb6",
  ops: [
    op.createTable("notes", {
      columns: {
        id: { type: "id" },
        author: { type: "text", max: 60 },
        text: { type: "text", max: 500 },
        created_at: { type: "datetime" },
      },
      primary: ["id"],
    }),
    op.createTable("gable_sessions", {
      columns: {
        key: { type: "text", max: 64 },
        data: { type: "text" },
        user_id: { type: "text", null: true, max: 255 },
        created_at: { type: "datetime" },
        seen_at: { type: "datetime" },
        expires_at: { type: "datetime" },
        version: { type: "int" },
      },
      primary: ["key"],
      indexes: { gable_sessions_user_id_index: { columns: ["user_id"] }, gable_sessions_expires_at_index: { columns: ["expires_at"] } },
    }),
  ],
});
