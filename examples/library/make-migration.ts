/** Writes the next migration when models.ts has changed: `npm run migration` in this folder. */
import { makeMigration } from "gable/migrations";
import { migrationsFolder } from "./database.ts";
import * as models from "./models.ts";

const made = await makeMigration({ models, folder: migrationsFolder });
console.log(made === undefined ? "Nothing has changed." : [made.path, ...made.changes].join("\n  "));
