/** Pages of the staff. */
import { group } from "gable";
import { can, signedIn } from "../readers/accounts.ts";
import { bookRoutes } from "./books.ts";
import { deskRoutes } from "./desk.ts";
import { proposalRoutes } from "./proposals.ts";

/** Every route of the staff is in this group, so none can lack the guards. Each change needs a further permission. */
export const staff = group("/staff", [deskRoutes, bookRoutes, proposalRoutes], { guard: [...signedIn, can("desk.open")] });
