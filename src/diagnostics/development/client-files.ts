/** The scripts of `src/client`, which run in browsers. Each has a fixed address: no path of a request reaches the disk. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { HandlerReply } from "../../replies/handler-reply.ts";
import { clientPrefix } from "./addresses.ts";

const files = ["page.js", "bar.js", "morph.js", "pair-nodes.js", "toolbar.js"] as const;

/** Name of a script. */
export type ClientFile = (typeof files)[number];

/** The folder: next to the sources in the repository; in the package, this file is part of a bundle. */
const folder = import.meta.url.endsWith(".ts")
  ? new URL("../../client/", import.meta.url)
  : new URL("dist/client/", import.meta.resolve("gable/package.json"));

/** Returns the address of a script. */
export function addressOf(file: ClientFile): string {
  return `${clientPrefix}${file}`;
}

/** Answers the addresses of scripts; undefined for other ones. */
export async function answerClientFile(path: string): Promise<HandlerReply | undefined> {
  const file = files.find((each) => addressOf(each) === path);
  if (file === undefined) return undefined;
  const text = await readFile(fileURLToPath(new URL(file, folder)), "utf8");
  return new HandlerReply(200, "text/javascript; charset=utf-8", text, { "cache-control": "no-store" });
}
