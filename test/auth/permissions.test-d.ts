/** The types of permissions: names are those that are declared. */
import { gable, get } from "gable";
import type { UserOf } from "gable/auth";
import { accountFields, defineAccounts } from "gable/auth";
import { field as f, Model } from "gable/data";

class User extends Model("users", { ...accountFields(), nickname: f.text({ max: 20 }) }) {}
const accounts = defineAccounts({ user: User, permissions: ["loans.lend", "fines.waive"] });
const { can, signedIn } = accounts.guards;

get("/", { guard: can("loans.lend") }, ({ user }) => user.nickname.toUpperCase());
get("/", { guard: [signedIn, can("fines.waive")] }, ({ user }) => user.nickname.toUpperCase());
// @ts-expect-error The name is not declared.
can("loans.lent");
get("/", async (context) => ({
  mayLend: await accounts.can(context, "loans.lend"),
  // @ts-expect-error The name is not declared.
  mayGive: await accounts.can(context, "loans.give"),
}));

// Accounts without permissions have none to ask for.
// @ts-expect-error No name is declared.
defineAccounts({ user: User }).guards.can("loans.lend");

// Accounts with permissions fit where any accounts do.
gable({ accounts });
export const nickname = (user: UserOf<typeof accounts>): string => user.nickname;
