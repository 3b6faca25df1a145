/** Runs the migrations of an application that wait, for the button of the error page. */
import type { AppDatabases } from "../../data/application/app-databases.ts";
import { GableError } from "../../errors/gable-error.ts";

/** Runs the migrations of the folder `migrations` on the default database. Throws what a migration throws. */
export async function runMigrations(databases: AppDatabases | undefined): Promise<void> {
  if (databases === undefined)
    throw new GableError("E_DATABASE_MISSING", "This application has no database.", { fix: "Pass models to gable()." });
  const database = databases.get("default");
  const { migrate } = await import("../../data/migrations/run/migrate.ts");
  await migrate({ database, folder: "migrations" });
  // What was behind is so no more.
  await databases.health();
}
