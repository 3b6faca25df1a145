/** The tables of two-factor sign-in, as models: migrations and development create them like every other table. */
import { Model } from "../../data/model.ts";
import { field as f } from "../../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the models of the tables `gable_two_factors` and `gable_recovery_codes`.
 *
 * Secrets are encrypted, and recovery codes are stored as digests.
 *
 * @example
 * export const { TwoFactor, RecoveryCode } = twoFactorModels();
 */
export const twoFactorModels = () => ({
  TwoFactor: Model("gable_two_factors", {
    userId: f.text({ max: 255, primary: true }),
    secret: f.text({ max: 500, secret: true }),
    lastStep: f.int(),
    enabledAt: f.datetime(),
  }),
  RecoveryCode: Model("gable_recovery_codes", {
    id: f.id(),
    userId: f.text({ max: 255, index: true }),
    digest: f.text({ max: 64, secret: true }),
    usedAt: f.datetime({ null: true }),
  }),
});

/** The models of two-factor sign-in. */
export type TwoFactorModels = ReturnType<typeof twoFactorModels>;
