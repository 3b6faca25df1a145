/** The database of the library: made, brought up to date, and filled when it is empty. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Database } from "gable/data";
import { createDatabase } from "gable/data";
import { migrate } from "gable/migrations";
import * as models from "./models.ts";
import { seedCatalogue } from "./seed.ts";

/** Folder of the files that say how the tables came to be. */
export const migrationsFolder: string = fileURLToPath(new URL("./migrations", import.meta.url));

/** Opens the database of a folder. */
export async function openLibraryDatabase(dataFolder: string): Promise<Database> {
  await mkdir(dataFolder, { recursive: true });
  const database = await createDatabase({ url: `sqlite:${dataFolder}/library.db`, models });
  await migrate({ database, folder: migrationsFolder });
  await seedCatalogue();
  return database;
}
