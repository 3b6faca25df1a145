/** Stores files until it is killed: small and large ones, new and replaced ones. Prints each key that is stored. */
import { diskStorage } from "../../src/storage.ts";

const [directory = "", writer = ""] = process.argv.slice(2);
const store = diskStorage({ directory });

/** A content that says its length, and is whole only with its end. */
async function* contentOf(number: number): AsyncGenerator<Uint8Array> {
  const pieces = 1 + ((number * 7) % 40);
  const head = `${pieces}\n`;
  yield Buffer.from(head);
  for (let piece = 0; piece < pieces; piece++) yield Buffer.alloc(10_000, String(piece % 10));
  yield Buffer.from("end");
}

for (let number = 0; ; number++) {
  const key = number % 3 === 0 ? `shared/${number % 9}` : `${writer}/${number % 4}/${number}.bin`;
  await store.put(key, contentOf(number), { type: number % 2 === 0 ? "application/octet-stream" : "image/png" });
  process.stdout.write(`${key}\n`);
}
