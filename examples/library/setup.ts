/** Brings a database up to date, and fills it when it is empty. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Application } from "gable";
import { manageAccounts } from "gable/auth";
import type { Database } from "gable/data";
import { migrate } from "gable/migrations";
import { seedCatalogue } from "./catalogue/seed.ts";
import { librarians } from "./readers/accounts.ts";

/** Folder of the files that say how the tables came to be. */
export const migrationsFolder: string = fileURLToPath(new URL("./migrations", import.meta.url));

/** Runs the migrations that are due, and fills an empty catalogue. */
export async function prepareDatabase(database: Database): Promise<void> {
  await migrate({ database, folder: migrationsFolder });
  await database.run(seedCatalogue);
}

/** Creates the group of the staff and gives it its permissions; what it has already stays. The application must have started. */
export async function prepareStaff(app: Application): Promise<void> {
  const { permissions } = manageAccounts(app);
  await permissions.together(async () => {
    await permissions.createGroup(librarians.name);
    await permissions.grant({ group: librarians.name }, librarians.permissions);
  });
}

/** An account to try the site with. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
}

const demoReaders = [
  { email: "reader@example.com", name: "First Reader" },
  { email: "second@example.com", name: "Second Reader" },
  { email: "staff@example.com", name: "Librarian", group: librarians.name },
];

/** Creates two readers and a member of the staff. Their random passwords are kept in a file, so that every start can print them. */
export async function prepareDemoAccounts(app: Application, file: string): Promise<DemoAccount[]> {
  const known = await readAccounts(file);
  const manager = manageAccounts(app);
  const accounts: DemoAccount[] = [];
  for (const { email, name, group } of demoReaders) {
    const kept = known.find((account) => account.email === email);
    const account = kept ?? { email, password: randomBytes(9).toString("base64url") };
    accounts.push(account);
    const found = await manager.findByEmail(email);
    const reader = found ?? (await manager.create({ ...account, name }));
    if (found !== undefined && kept === undefined) await manager.setPassword(found, account.password);
    if (group !== undefined) await manager.permissions.addToGroup(reader, group);
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
