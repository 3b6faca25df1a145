import { accountFields, accountTokenModel } from "gable/auth";
import { Model } from "gable/data";
import { rateModel } from "gable/security";

/** A user. Add your own fields after those of accounts. */
export class User extends Model("users", {
  ...accountFields(),
}) {}

/** Links in mails. */
export const AccountToken = accountTokenModel();

/** Counts attempts to sign in, for all processes together. */
export const Rate = rateModel();
