/** Who visitors are: accounts of readers, and the guards that routes use. */
import type { Guard } from "gable";
import { forbidden } from "gable";
import { defineAccounts } from "gable/auth";
import { field as f } from "gable/forms";
import { Reader } from "../models.ts";

export const accounts = defineAccounts({
  user: Reader,
  registration: "open",
  verifyEmail: "before",
  registrationFields: { name: f.text({ max: 100, label: "Your name", autocomplete: "name" }) },
  afterLogin: "/loans",
});

/** Lets readers pass who are signed in, and everybody: `context.user` is the reader, or null. */
export const { signedIn, maybeSignedIn } = accounts.guards;

/** Lets the staff pass. It runs after `signedIn`. */
export const isStaff: Guard = async (context) => {
  const user = await context.user;
  if (user instanceof Reader && user.isStaff) return true;
  throw forbidden("Only the staff of the library can open this page.");
};
