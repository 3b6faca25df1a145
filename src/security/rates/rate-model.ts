/** The table of rate limits, as a model: migrations and development make it like every other table. */
import { Model } from "../../data/model.ts";
import { field as f } from "../../data/schema/field.ts";

/** Creates the model of the table `gable_rates`. Export it from your models: `export const Rate = rateModel();` */
export const rateModel = () =>
  Model("gable_rates", {
    key: f.text({ max: 64, primary: true }),
    paidAtUs: f.bigint({ index: true }),
    isAllowed: f.int(),
  });
