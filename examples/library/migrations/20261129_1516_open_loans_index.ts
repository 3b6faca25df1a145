import { migration, op } from "gable/migrations";

export default migration({
  after: ["20261129_1500_stay_signed_in_and_two_factor"],
  schema: "77d954435923",
  ops: [op.addIndex("loans", "loans_returned_at_index", ["returned_at"])],
});
