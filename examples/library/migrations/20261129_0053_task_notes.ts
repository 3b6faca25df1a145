import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261128_2054_initial"],
  schema: "e3f71944a793",
  ops: [
    op.addColumn("gable_tasks", "unique_key", { type: "text", null: true, max: 200 }),
    op.addColumn("gable_tasks", "key_hash", { type: "text", null: true, max: 64 }),
    op.addColumn("gable_tasks", "cancel_at", { type: "datetime", null: true }),
    op.addColumn("gable_tasks", "progress", { type: "text", null: true }),
    op.addColumn("gable_tasks", "steps", { type: "text", null: true }),
    op.addUnique("gable_tasks", "gable_tasks_key_hash_unique", ["key_hash"]),
  ],
});
