/** Writes compressed files next to static files, as small as they get: production serves them to clients that accept them. */
import type { Stats } from "node:fs";
import { lstat, readFile, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

const { constants } = zlib;
const [brotli, gzip, zstd] = [promisify(zlib.brotliCompress), promisify(zlib.gzip), promisify(zlib.zstdCompress)];

const encoders: Readonly<Record<string, (content: Uint8Array) => Promise<Uint8Array>>> = {
  ".br": (content) =>
    brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  ".zst": (content) => zstd(content, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }),
  ".gz": (content) => gzip(content, { level: 9 }),
};

/** Types whose files get smaller. Images, fonts for the web, films and archives are compressed already. */
const compressibleName = /\.(?:css|csv|htm|html|ico|ics|js|json|jsonld|map|md|mjs|otf|rss|svg|ttf|txt|wasm|webmanifest|xhtml|xml)$/i;
/** Shorter files fit into one packet in any case, in bytes. */
const bytesMin = 1024;

/** What writing did. */
export interface VariantCounts {
  /** Compressed files that were written. */
  readonly written: number;
  /** Existing compressed files that are not older than their original. */
  readonly kept: number;
}

/** Writes the missing and outdated variants of all files below a folder. Links, hidden files and leftovers of editors are left out. */
export async function writeStaticVariants(folder: string): Promise<VariantCounts> {
  let [written, kept] = [0, 0];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if ((entry.name.startsWith(".") && entry.name !== ".well-known") || entry.name.endsWith("~")) continue;
    const counts = entry.isDirectory()
      ? await writeStaticVariants(path)
      : entry.isFile() && compressibleName.test(entry.name)
        ? await writeVariants(path)
        : undefined;
    written += counts?.written ?? 0;
    kept += counts?.kept ?? 0;
  }
  return { written, kept };
}

async function writeVariants(path: string): Promise<VariantCounts> {
  const original = await lstat(path);
  const outdated: string[] = [];
  let [written, kept] = [0, 0];
  for (const ending of Object.keys(encoders)) {
    const variant = await findFile(path + ending);
    if (variant === undefined || variant.mtimeMs < original.mtimeMs) outdated.push(ending);
    else kept++;
  }
  if (outdated.length === 0) return { written, kept };
  const content = await readFile(path);
  const encoded = await Promise.all(outdated.map((ending) => encoders[ending]!(content)));
  for (const [index, ending] of outdated.entries()) {
    const bytes = encoded[index]!;
    // The server never prefers a variant that is not smaller.
    if (content.length < bytesMin || bytes.length >= content.length) await rm(path + ending, { force: true });
    else {
      // A running server never finds half a file, nor one that ends with "~".
      await writeFile(`${path}${ending}~`, bytes, { mode: original.mode });
      // The time of an original can lie in the future, and a variant that is older is never served.
      const modified = new Date(Math.ceil(Math.max(original.mtimeMs, Date.now())));
      await utimes(`${path}${ending}~`, modified, modified);
      await rename(`${path}${ending}~`, path + ending);
      written++;
    }
  }
  return { written, kept };
}

async function findFile(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}
