/** Stores 4 MiB, and prints the error. */
import { diskStorage } from "../../src/storage.ts";

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 64; count++) yield new Uint8Array(65_536);
}

try {
  await diskStorage({ directory: process.argv[2]! }).put("a.bin", pieces(), { type: "text/plain" });
  console.log("stored");
} catch (error) {
  console.log((error as { code: string }).code, (error as Error).message);
}
