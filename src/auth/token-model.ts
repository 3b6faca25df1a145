/** The table of links in mails, as a model: migrations and development create it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_account_tokens`, for links in mails.
 *
 * @example
 * export const AccountToken = accountTokenModel();
 */
export const accountTokenModel = () =>
  Model("gable_account_tokens", {
    digest: f.text({ max: 64, primary: true }),
    purpose: f.text({ max: 20 }),
    userId: f.text({ max: 255, index: true }),
    email: f.text({ max: 254 }),
    expiresAt: f.datetime({ index: true }),
    usedAt: f.datetime({ null: true }),
  });
