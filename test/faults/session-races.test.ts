/**
 * Four processes change one session concurrently: no change is lost, and counting is exact.
 * `GABLE_FAULTS=long npm run faults -- session-races` is the long form: 10,000 changes by each.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { gable, get, post } from "gable";
import { redisSessions, sessionModel } from "gable/session";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { silentLogger } from "../silent-logger.ts";

/** Changes to one session by each process: it must stay within the limit of 64 KiB. */
const rounds = 25;
const sessions = process.env["GABLE_FAULTS"] === "long" ? 400 : 1;
const writers = ["w0", "w1", "w2", "w3"];
const program = new URL("./session-writer.ts", import.meta.url).pathname;
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

function write(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", register, program, ...args, String(rounds)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)));
    child.once("error", reject);
    child.once("close", (status) => (status === 0 ? resolve() : reject(new Error(`A writer ended with ${status}: ${errors}`))));
  });
}

async function race(kind: "database" | "redis", url: string, prefix = ""): Promise<void> {
  const app = gable({
    mode: "production",
    logger: silentLogger,
    secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"],
    ...(kind === "redis" ? {} : { models: [sessionModel()], database: url }),
    session: kind === "redis" ? { store: redisSessions({ url, prefix }) } : {},
    routes: [
      post("/start", ({ session }) => {
        session.set("count", 0);
        return null;
      }),
      get("/find/:key", async ({ session, params }) => ({ value: (await session.find(params.key)) ?? null })),
    ],
  });
  await app.start();
  if (kind === "database") await app.database().createTables();
  const cookies: string[] = [];
  for (let session = 0; session < sessions; session++) {
    const started = await app.request("/start", { method: "POST", headers: { "sec-fetch-site": "same-origin" } });
    cookies.push(started.headers.getSetCookie()[0]!.split(";")[0]!);
  }
  await Promise.all(writers.map((name) => write([kind, url, prefix, cookies.join(","), name])));
  for (const cookie of cookies) {
    const find = async (key: string): Promise<unknown> =>
      ((await (await app.request(`/find/${key}`, { headers: { cookie } })).json()) as { value: unknown }).value; // The route answers so.
    assert.equal(await find("count"), rounds * writers.length);
    for (const name of writers)
      for (let round = 0; round < rounds; round++) assert.equal(await find(`${name}-${round}`), true, `${name}-${round}`);
  }
  await app.close();
}

for (const { name, skip, place } of databaseKinds)
  describe(`sessions of four processes, ${name}`, { skip }, () => {
    it("lose nothing", async () => {
      const { url, remove } = await place();
      try {
        await race("database", url);
      } finally {
        await remove();
      }
    });
  });

describe("sessions of four processes, Redis", { skip: skipRedis }, () => {
  it("lose nothing", async () => {
    const prefix = createPrefix();
    try {
      await race("redis", redisUrl, prefix);
    } finally {
      await removeKeys(prefix);
    }
  });
});
