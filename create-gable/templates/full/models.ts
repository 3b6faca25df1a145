import { sessionModel } from "gable/session";

export { Note } from "./notes/models.ts";

/** Sessions are rows: the server can end them. */
export const Session = sessionModel();
