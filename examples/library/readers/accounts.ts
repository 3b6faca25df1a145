/** Who visitors are and what they may do: accounts of readers, and the guards that routes use. */
import type { Guard } from "gable";
import { defineAccounts, modelPermissions } from "gable/auth";
import { field as f } from "gable/forms";
import { Book, Loan, Proposal, Reader } from "../models.ts";

export const accounts = defineAccounts({
  user: Reader,
  registration: "open",
  verifyEmail: "before",
  registrationFields: { name: f.text({ max: 100, label: "Your name", autocomplete: "name" }) },
  afterLogin: "/loans",
  tokens: { scopes: ["loans:read", "loans:write"] },
  remember: {},
  twoFactor: { issuer: "The Reading Room" },
  permissions: ["desk.open", ...modelPermissions(Book, Loan, Proposal)],
});

/** The group of the staff, and what its members may do. */
export const librarians = {
  name: "Librarians",
  permissions: ["desk.open", "books.add", "books.change", "books.delete", "loans.change", "proposals.change"],
} as const;

/** Lets readers pass who have a permission. */
export const { can } = accounts.guards;

/** The menu of each page shows the desk to those who may open it. */
const askForDesk: Guard = async (context) => {
  const user = await context.user;
  if (user instanceof Reader) user.opensDesk = await accounts.can(context, "desk.open");
  return true;
};

/** Lets readers pass who are signed in. */
export const signedIn = [accounts.guards.signedIn, askForDesk] as const;

/** Lets everybody pass: `context.user` is the reader, or null. */
export const maybeSignedIn = [accounts.guards.maybeSignedIn, askForDesk] as const;
