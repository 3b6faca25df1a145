/** One of several processes that share a cache in a database: prints the value, and whether this process computed it. */
import { cacheModel, createCache, databaseCache } from "gable/cache";
import { createDatabase } from "gable/data";

const Entry = cacheModel();
const database = await createDatabase({ url: process.argv[2]!, models: [Entry] });
const cache = createCache({ store: databaseCache(database, Entry) });
let isMine = false;
const value = await cache.remember("shared", { ttlSeconds: 600 }, async () => {
  isMine = true;
  // The other process starts meanwhile, and waits.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return process.pid;
});
console.log(JSON.stringify({ value, isMine }));
await database.close();
