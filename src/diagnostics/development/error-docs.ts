/** The explanation of an error code, from the documentation of the package. No path of a request reaches the disk. */
import { readFile } from "node:fs/promises";
import { HandlerReply } from "../../replies/handler-reply.ts";
import { errorDocsPrefix } from "./addresses.ts";

/** The page of all codes: in the repository next to the sources; in the package, this file is part of a bundle. */
const page = import.meta.url.endsWith(".ts")
  ? new URL("../../../docs/reference/errors.md", import.meta.url)
  : new URL("docs/reference/errors.md", import.meta.resolve("gable/package.json"));

/** Answers the addresses of error codes with their section as plain text; undefined for other addresses and unknown codes. */
export async function answerErrorDocs(path: string): Promise<HandlerReply | undefined> {
  const [, code] = path.startsWith(errorDocsPrefix) ? (/^(E_[A-Z0-9_]+)$/.exec(path.slice(errorDocsPrefix.length)) ?? []) : [];
  if (code === undefined) return undefined;
  const sections = (await readFile(page, "utf8")).split(/^(?=## )/m);
  const section = sections.find((each) => each.startsWith(`## ${code}\n`));
  return section === undefined ? undefined : new HandlerReply(200, "text/plain; charset=utf-8", section, { "cache-control": "no-store" });
}
