import { defineAccounts } from "gable/auth";
import { User } from "./models.ts";

/** The accounts of the site: who may register, and what users may do. */
export const accounts = defineAccounts({
  user: User,
  registration: "open",
  verifyEmail: "before",
  afterLogin: "/account",
});

/** Guards of routes: `get("/shelf", { guard: signedIn }, ({ user }) => ...)`. */
export const { signedIn, signedOut, maybeSignedIn, verified, sudo } = accounts.guards;
