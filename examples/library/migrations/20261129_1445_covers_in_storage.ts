import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261129_1435_permissions"],
  schema: "dca661ea8803",
  ops: [
    op.alterColumn("books", "cover", { type: "text", null: true, max: 512 }, { from: { type: "text", null: true, max: 100 } }),
    op.alterColumn("proposals", "cover", { type: "text", null: true, max: 512 }, { from: { type: "text", null: true, max: 100 } }),
  ],
});
