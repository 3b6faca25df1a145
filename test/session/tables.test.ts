/** The tables of sessions and rate limits: made by migrations, made in development, and found in production. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gable, get, post } from "gable";
import { createDatabase } from "gable/data";
import { checkMigrations, makeMigration, migrate } from "gable/migrations";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";
import { createTestClient } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

const createRoutes = () => [
  post("/set", { limits: { rate: { requestsMax: 1, windowSeconds: 60 } } }, ({ session }) => {
    session.set("a", 1);
    return null;
  }),
  get("/find", async ({ session }) => ({ value: (await session.find("a")) ?? null })),
];

async function use(url: string, models: readonly object[]): Promise<unknown[]> {
  const app = gable({
    mode: "production",
    logger: silentLogger,
    secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
    session: {},
    models,
    database: url,
    routes: createRoutes(),
  });
  const client = createTestClient(app, { errors: "page" });
  try {
    return [(await client.post("/set")).status, (await client.post("/set")).status, (await client.get("/find")).json()];
  } finally {
    await app.close();
  }
}

for (const { name, skip, place } of databaseKinds)
  describe(`tables of sessions and rate limits on ${name}`, { skip }, () => {
    it("are made by migrations, which then find nothing to change", async () => {
      const { url, remove } = await place();
      const folder = await mkdtemp(join(tmpdir(), "gable-sessions-"));
      const models = { Session: sessionModel(), RateCount: rateModel() };
      try {
        await makeMigration({ models, folder });
        const database = await createDatabase({ url, models });
        await migrate({ database, folder });
        assert.deepEqual(await checkMigrations({ models, folder }), []);
        assert.equal(await makeMigration({ models, folder }), undefined);
        await database.close();
        assert.deepEqual(await use(url, Object.values(models)), [204, 429, { value: 1 }]);
      } finally {
        await rm(folder, { recursive: true });
        await remove();
      }
    });
  });

describe("tables of sessions and rate limits in development", () => {
  it("are made at the start, as long as there are no migrations", async () => {
    const app = gable({
      mode: "development",
      logger: silentLogger,
      secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
      session: {},
      models: [sessionModel(), rateModel()],
      database: "sqlite::memory:",
      routes: createRoutes(),
    });
    const client = createTestClient(app, { errors: "page" });
    assert.deepEqual(
      [(await client.post("/set")).status, (await client.post("/set")).status, (await client.get("/find")).json()],
      [204, 429, { value: 1 }],
    );
    await app.close();
  });
});
