import { get, group } from "gable";
import { accounts, signedIn } from "./accounts.ts";

/** The page of the user who is signed in. */
export const showAccount = get("/account", { guard: signedIn }, ({ user, view }) => view("accounts/home.html", { email: user.email }));

/** Login, registration, new passwords and the rest: /account/login and so on. */
export const accountPages = group("/account", accounts.routes);
