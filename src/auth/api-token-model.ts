/** The table of API tokens, as a model: migrations and development create it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_api_tokens`. It stores digests, never tokens.
 *
 * @example
 * export const ApiToken = apiTokenModel();
 */
export const apiTokenModel = () =>
  Model("gable_api_tokens", {
    id: f.id(),
    digest: f.text({ max: 64, unique: true, secret: true }),
    hint: f.text({ max: 20 }),
    name: f.text({ max: 100 }),
    scopes: f.text({ max: 4_000 }),
    userId: f.text({ max: 255, index: true }),
    createdAt: f.datetime(),
    expiresAt: f.datetime({ index: true }),
    usedAt: f.datetime({ null: true }),
  });
