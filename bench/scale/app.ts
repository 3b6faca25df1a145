/** An application whose shared pieces are where `BENCH_STORE` says. Run with `--tables`, it makes its tables and ends. */
import type { GableOptions } from "gable";
import { gable, get, post } from "gable";
import { cache, cacheModel, redisCache } from "gable/cache";
import type { LiveCarrier } from "gable/live";
import { channel, channelModel, postgresCarrier, redisCarrier } from "gable/live";
import { rateModel, redisRates } from "gable/security";
import { redisSessions, sessionModel } from "gable/session";
import type { TaskQueue } from "gable/tasks";
import { bullmqQueue, task, taskModel } from "gable/tasks";
import { z } from "zod";

const redis = { url: process.env["BENCH_REDIS"]!, prefix: `gable-bench-${process.env["BENCH_RUN"]!}:` };

/** Where the pieces are. */
interface Place extends Required<Pick<GableOptions, "session" | "cache">> {
  readonly carrier?: LiveCarrier;
  readonly queue?: TaskQueue;
  readonly models: readonly object[];
}

const places: Readonly<Record<string, () => Place>> = {
  process: () => ({ session: { store: "memory" }, cache: true, models: [] }),
  database: () => ({
    session: { store: "database" },
    cache: { store: "database" },
    carrier: postgresCarrier({ url: process.env["BENCH_DATABASE"]! }),
    models: [rateModel(), sessionModel(), cacheModel(), channelModel()],
  }),
  redis: () => ({
    session: { store: redisSessions(redis) },
    cache: { store: redisCache(redis) },
    carrier: redisCarrier(redis),
    queue: bullmqQueue(redis),
    models: [],
  }),
};
const kind = process.env["BENCH_STORE"]!;
const { carrier, queue, models, ...place } = places[kind]!();
const news = channel("news", { message: z.object({ number: z.number() }) });
const nothing = task("nothing", {}, async () => undefined);
let visitor = 0;
/** A site has many visitors: each request counts for one of a thousand. */
const rate = { requestsMax: 1_000_000, windowSeconds: 1, by: () => String((visitor = (visitor + 7) % 1_000)) };

const app = gable({
  hosts: ["127.0.0.1"],
  secretKeys: ["0123456789abcdef0123456789abcdef0123456789a"],
  log: { level: "warn", requests: false },
  database: process.env["BENCH_DATABASE"]!,
  models: [taskModel(), ...models],
  tasks: { tasks: [nothing], run: "elsewhere", ...(queue !== undefined && { queue }) },
  ...place,
  ...(kind === "redis" && { rateLimits: { store: redisRates(redis) } }),
  live: carrier === undefined ? {} : { carrier },
  routes: [
    get("/plain", () => ({ a: 1 })),
    get("/session", async ({ session }) => ({ a: await session.find("a") })),
    post("/session", async ({ session }) => ({ a: await session.update("a", (a) => (Number(a ?? 0) + 1) % 1_000) })),
    get("/rate", { limits: { rate } }, () => ({ a: 1 })),
    get("/cache", async () => ({ a: await cache.remember("a", { ttlSeconds: 3_600 }, async () => 1) })),
    post("/task", async () => ({ a: (await nothing.enqueue()).created })),
    post("/publish", async () => {
      await news.publish({}, { number: 1 });
      return { a: 1 };
    }),
  ],
});
if (process.argv.includes("--tables")) {
  await app.start();
  await app.close();
}

export default app;
