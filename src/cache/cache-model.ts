/** The table of the cache, as a model: migrations and development make it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/** Creates the model of the table `gable_cache`. Export it from your models: `export const CacheEntry = cacheModel();` */
export const cacheModel = () =>
  Model("gable_cache", {
    key: f.text({ max: 64, primary: true }),
    data: f.bytes({ null: true, secret: true }),
    number: f.bigint({ null: true }),
    expiresAtMs: f.bigint({ index: true }),
  });
