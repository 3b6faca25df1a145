/** The table of identities, as a model: migrations and development create it like every other table. */
import { Model } from "../../data/model.ts";
import { field as f } from "../../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_identities`, for users of providers. It stores no tokens of them.
 *
 * @example
 * export const Identity = identityModel();
 */
export const identityModel = () =>
  Model("gable_identities", {
    id: f.id(),
    // Databases may ignore case in issuer and subject: their digest does not.
    digest: f.text({ max: 64, unique: true }),
    issuer: f.text({ max: 255 }),
    subject: f.text({ max: 255 }),
    userId: f.text({ max: 255, index: true }),
    // Whether the account has only a random password, because a provider created it.
    isOnlyWay: f.boolean({ default: false }),
    createdAt: f.datetime(),
  });
