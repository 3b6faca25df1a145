/** One of several processes that count requests under the same limit: prints how many passed. */
import { gable, get } from "gable";
import { createDatabase } from "gable/data";
import type { RateStore } from "gable/security";
import { databaseRates, rateModel, redisRates } from "gable/security";
import { silentLogger } from "../silent-logger.ts";

const [kind, url, prefix = "", requests = "0", limit = "0"] = process.argv.slice(2);
const Rate = rateModel();
// A busy server keeps requests waiting, and a store that does not answer in time lets them pass.
const acquireTimeoutMs = 300_000;
const database = kind === "database" ? await createDatabase({ url: url!, models: [Rate], acquireTimeoutMs }) : undefined;
const store: RateStore = database === undefined ? redisRates({ url: url!, prefix }) : databaseRates(database, Rate);
const app = gable({
  mode: "test",
  logger: silentLogger,
  rateLimits: { store },
  routes: [get("/", { limits: { rate: { requestsMax: Number(limit), windowSeconds: 86_400 } } }, () => "passed")],
});
await app.start();
const statuses = await Promise.all(Array.from({ length: Number(requests) }, async () => (await app.request("/")).status));
console.log(
  JSON.stringify({
    passed: statuses.filter((status) => status === 200).length,
    refused: statuses.filter((status) => status === 429).length,
  }),
);
await app.close();
await database?.close();
