/** Redis for tests: a separate prefix for each store, whose keys are removed afterwards. */
import { randomBytes } from "node:crypto";
import { createClient } from "redis";

const isRequired = process.env["GABLE_TEST_REQUIRE"] === "all";
/** Address of the server. */
export const redisUrl = process.env["GABLE_TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379";

async function answers(): Promise<boolean> {
  const client = createClient({ url: redisUrl, socket: { connectTimeout: 1_000, reconnectStrategy: false } });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.close();
    return true;
  } catch {
    return false;
  }
}

/** Why tests on Redis are skipped; false where they run. */
export const skipRedis: string | false = (await answers()) || isRequired ? false : "no Redis here";

/** Returns a prefix that no other test uses. */
export function createPrefix(): string {
  return `gable-test-${process.pid}-${randomBytes(6).toString("hex")}:`;
}

/** Removes all keys with a prefix, and returns how many there were. */
export async function removeKeys(prefix: string): Promise<number> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  const keys = await client.keys(`${prefix}*`);
  if (keys.length > 0) await client.del(keys);
  await client.close();
  return keys.length;
}
