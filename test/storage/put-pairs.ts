/** Stores files under one key without an end, each with the type that its content names. */
import { diskStorage } from "../../src/storage.ts";

const [, , directory, key, ...types] = process.argv as unknown as [string, string, string, string, ...string[]];
const store = diskStorage({ directory });
console.log("ready");
for (let index = 0; ; index++) {
  const type = types[index % types.length]!;
  await store.put(key, type, { type });
}
