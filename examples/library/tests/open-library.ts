/** The library with a database in memory, and visitors who use it. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before } from "node:test";
import { createPasswordHasher, manageAccounts } from "gable/auth";
import type { TestClient } from "gable/testing";
import { createTestClient, outbox } from "gable/testing";
import app from "../app.ts";
import { Reader } from "../models.ts";
import { librarians } from "../readers/accounts.ts";
import { settings } from "../settings.ts";
import { prepareDatabase, prepareStaff } from "../setup.ts";

/** The roles of the site. */
export type Role = "anonymous" | "reader" | "other reader" | "staff";

/** The password of all accounts. */
export const password = "correct-horse-41";

/** Opens the library before the tests of a file, with an account for each role. */
export function openLibrary(): void {
  before(async () => {
    await app.start();
    await prepareDatabase(app.database());
    await run(async () => {
      const hash = await createPasswordHasher().hash(password);
      for (const role of ["reader", "other reader", "staff"] as const)
        await Reader.create({
          email: toEmail(role),
          name: `A ${role}`,
          password: hash,
          emailVerifiedAt: new Date(),
        });
    });
    await prepareStaff(app);
    const { permissions } = manageAccounts(app);
    await permissions.addToGroup(await run(() => Reader.get({ email: toEmail("staff") })), librarians.name);
  });
  after(async () => {
    await app.close();
    await rm(settings.mediaFolder, { recursive: true, force: true });
  });
}

/** Runs work with the database of the library. */
export const run = <Result>(work: () => PromiseLike<Result>): Promise<Result> => app.database().run(async () => work());

/** Returns the address of an account. */
export const toEmail = (role: Role): string => `${role.replace(" ", "-")}@example.com`;

/** Returns a visitor without cookies, who takes pages. */
export const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });

/** Returns a visitor in a role. */
export async function visitAs(role: Role): Promise<TestClient> {
  const client = visit();
  if (role !== "anonymous") await client.signIn(await run(() => Reader.get({ email: toEmail(role) })));
  return client;
}

/** Waits until so many mails were sent: some are sent after the reply. */
export async function waitForMails(count: number): Promise<void> {
  for (let tries = 0; outbox(app).length < count && tries < 1_000; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(outbox(app).length, count);
}
