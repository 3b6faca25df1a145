import { sessionModel } from "gable/session";

export { AccountToken, Rate, User } from "./accounts/models.ts"; // if accounts
export { Note } from "./notes/models.ts";

/** Sessions are rows: the server can end them. */
export const Session = sessionModel();
