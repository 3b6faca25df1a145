/** The table of remembered browsers, as a model: migrations and development create it like every other table. */
import { Model } from "../../data/model.ts";
import { field as f } from "../../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_remember_tokens`, for users who stay signed in. It stores digests.
 *
 * @example
 * export const RememberToken = rememberTokenModel();
 */
export const rememberTokenModel = () =>
  Model("gable_remember_tokens", {
    id: f.id(),
    selector: f.text({ max: 32, unique: true, secret: true }),
    digest: f.text({ max: 64, secret: true }),
    previousDigest: f.text({ max: 64, null: true, secret: true }),
    salt: f.text({ max: 64, null: true, secret: true }),
    userId: f.text({ max: 255, index: true }),
    createdAt: f.datetime(),
    replacedAt: f.datetime({ null: true }),
    expiresAt: f.datetime({ index: true }),
  });
