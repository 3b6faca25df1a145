/** The types of permissions: names are those that are declared. */
import { gable, get } from "gable";
import type { UserOf } from "gable/auth";
import { accountFields, defineAccounts, modelPermissions } from "gable/auth";
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

class Book extends Model("books", { id: f.id() }) {}
class Loan extends Model("loans", { id: f.id() }) {}
const generated = defineAccounts({ user: User, permissions: ["fines.waive", ...modelPermissions(Book, Loan)] });
generated.guards.can("books.change");
generated.guards.can("loans.view");
generated.guards.can("fines.waive");
// @ts-expect-error No model has the table.
generated.guards.can("shelves.view");
// @ts-expect-error Models have four permissions, and this is none of them.
generated.guards.can("books.lend");

// Accounts with permissions fit where any accounts do.
gable({ accounts });
export const nickname = (user: UserOf<typeof accounts>): string => user.nickname;
