import { gable } from "gable";
import { accounts } from "./accounts/accounts.ts"; // if accounts
import * as account from "./accounts/routes.ts"; // if accounts
import * as models from "./models.ts";
import * as notes from "./notes/routes.ts";
import * as pages from "./pages/routes.ts";
import { settings } from "./settings.ts";

export default gable({
  settings,
  models,
  session: {},
  accounts, // if accounts
  mail: { transport: settings.mailUrl, from: "site@example.com" }, // if accounts
  views: "views",
  static: "static",
  compression: true,
  routes: [pages, notes, account], // if accounts
  // if not accounts: routes: [pages, notes],
});
