/** What every server of the comparison answers: the same routes, the same bodies. */
import { fileURLToPath } from "node:url";

/** Port that the harness chose. */
export const port = Number(process.env.BENCH_PORT ?? 3000);

/** Folder with the static file. */
export const staticFolder = fileURLToPath(new URL("../static", import.meta.url));

/** Name of the static file, 10 KiB. */
export const staticName = "ten.css";

/** The plain text. */
export const helloText = "Hello, World!";

const slice = new Uint8Array(65_536).fill(0x61);

/** One MiB in 16 pieces. */
export async function* streamPieces(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 16; count++) yield slice;
}

/** One MiB as a web stream. */
export function webStream(): ReadableStream<Uint8Array> {
  let count = 0;
  return new ReadableStream({
    pull(controller) {
      if (count++ < 16) controller.enqueue(slice);
      else controller.close();
    },
  });
}

/** What the POST route answers: proof that the body was parsed. */
export function summarize(value: unknown): { items: number } {
  return { items: (value as { items: unknown[] }).items.length };
}
