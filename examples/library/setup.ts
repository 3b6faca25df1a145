/** Brings a database up to date, and fills it when it is empty. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createPasswordHasher } from "gable/auth";
import type { Database } from "gable/data";
import { migrate } from "gable/migrations";
import { seedCatalogue } from "./catalogue/seed.ts";
import { Reader } from "./models.ts";

/** Folder of the files that say how the tables came to be. */
export const migrationsFolder: string = fileURLToPath(new URL("./migrations", import.meta.url));

/** Runs the migrations that are due, and fills an empty catalogue. */
export async function prepareDatabase(database: Database): Promise<void> {
  await migrate({ database, folder: migrationsFolder });
  await database.run(seedCatalogue);
}

/** An account to try the site with. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
}

const demoReaders = [
  { email: "reader@example.com", name: "First Reader", isStaff: false },
  { email: "second@example.com", name: "Second Reader", isStaff: false },
  { email: "staff@example.com", name: "Librarian", isStaff: true },
];

/** Creates two readers and a member of the staff. Their random passwords are kept in a file, so that every start can print them. */
export async function prepareDemoAccounts(database: Database, file: string): Promise<DemoAccount[]> {
  const known = await readAccounts(file);
  const hasher = createPasswordHasher();
  const accounts: DemoAccount[] = [];
  for (const { email, ...values } of demoReaders) {
    const kept = known.find((account) => account.email === email);
    const account = kept ?? { email, password: randomBytes(9).toString("base64url") };
    accounts.push(account);
    await database.run(async () => {
      const reader = (await Reader.find({ email })) ?? Reader.build({ email, password: "" });
      if (kept !== undefined && reader.password !== "") return;
      await reader.set({ ...values, password: await hasher.hash(account.password), emailVerifiedAt: new Date() }).save();
    });
  }
  await writeFile(file, JSON.stringify(accounts), { mode: 0o600 });
  return accounts;
}

async function readAccounts(file: string): Promise<DemoAccount[]> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as DemoAccount[];
  } catch {
    return [];
  }
}
