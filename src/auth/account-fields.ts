/** The columns of an account, and the shape that the rest of this folder relies on. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a record of fields is what the fields make it: writing it out would repeat them.
/**
 * Creates the columns of accounts, for your model.
 *
 * @example
 * export class User extends Model("users", { ...accountFields(), name: f.text({ max: 100 }) }) {}
 */
export const accountFields = () => ({
  id: f.id(),
  email: f.email({ unique: true }),
  password: f.text({ max: 512, secret: true }),
  emailVerifiedAt: f.datetime({ null: true }),
  active: f.boolean({ default: true }),
  isStaff: f.boolean({ default: false }),
  isSuperuser: f.boolean({ default: false }),
  signedInAt: f.datetime({ null: true }),
  passwordChangedAt: f.datetime({ null: true }),
  sessionsValidFrom: f.datetime({ null: true }),
});

const createModel = () => Model("users", accountFields());

/** A model that has the columns of an account. */
export type AccountModel = ReturnType<typeof createModel>;

/** A row of it. */
export type Account = InstanceType<AccountModel>;
