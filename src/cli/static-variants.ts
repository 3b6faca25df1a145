/** Writes compressed files next to static files, as small as they get: production serves them to clients that accept them. */
import type { Stats } from "node:fs";
import { lstat, mkdir, readFile, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
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

/** The compressed files that builds wrote, by their path, with the time of each. */
export type WrittenVariants = ReadonlyMap<string, number>;

/** Reads which compressed files earlier builds wrote; none without the record, which has paths below the project. */
export async function readRecord(project: string, file: string): Promise<Map<string, number>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    const times = JSON.parse(text) as Record<string, number>; // Only this module writes it.
    return new Map(Object.entries(times).map(([path, time]) => [resolve(project, path), time]));
  } catch {
    return new Map();
  }
}

/** Records the compressed files that builds wrote and that are still there. */
export async function writeRecord(project: string, file: string, written: WrittenVariants): Promise<void> {
  const times = [...written].map(([path, time]) => [relative(project, path), time] as const);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}~`, `${JSON.stringify(Object.fromEntries(times), undefined, 2)}\n`);
  await rename(`${file}~`, file);
}

/**
 * Returns the compressed files of a folder that an earlier build wrote for files that no longer exist. Other compressed files may be downloads
 * without an original, and a file with another time is not what the build wrote.
 */
export async function listLeftover(folder: string, files: readonly string[], written: WrittenVariants): Promise<string[]> {
  const originals = new Set(files);
  const leftover: string[] = [];
  for (const [path, time] of written) {
    if (!path.startsWith(folder + sep) || originals.has(path.slice(0, path.lastIndexOf(".")))) continue;
    const found = await findFile(path);
    if (found?.isFile() === true && found.mtimeMs === time) leftover.push(path);
  }
  return leftover;
}

/** Returns the files below a folder that may get smaller. Links, hidden files and leftovers of editors are left out. */
export async function listCompressible(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if ((entry.name.startsWith(".") && entry.name !== ".well-known") || entry.name.endsWith("~")) continue;
    if (entry.isDirectory()) files.push(...(await listCompressible(path)));
    else if (entry.isFile() && compressibleName.test(entry.name)) files.push(path);
  }
  return files;
}

/** Returns the files whose variants are missing or outdated. Writes nothing. */
export async function findOutdated(files: readonly string[]): Promise<string[]> {
  const outdated: string[] = [];
  for (const path of files) {
    const { missing } = await readVariants(path);
    // Whether a missing variant would be smaller is not known before it is made.
    if (missing.length > 0 && (await isWorthIt(path, missing))) outdated.push(path);
  }
  return outdated;
}

async function isWorthIt(path: string, endings: readonly string[]): Promise<boolean> {
  const content = await readFile(path);
  if (content.length < bytesMin)
    return (await Promise.all(endings.map((ending) => findFile(path + ending)))).some((found) => found !== undefined);
  const encoded = await Promise.all(endings.map((ending) => encoders[ending]!(content)));
  return encoded.some((bytes) => bytes.length < content.length);
}

/** Writes the missing and outdated variants of files, and notes them in `record`. `onFile` is called after each file. */
export async function writeStaticVariants(
  files: readonly string[],
  record: Map<string, number>,
  onFile: (path: string) => void = () => undefined,
): Promise<VariantCounts> {
  let [written, kept] = [0, 0];
  for (const path of files) {
    const counts = await writeVariants(path, record);
    written += counts.written;
    kept += counts.kept;
    onFile(path);
  }
  return { written, kept };
}

/** Finds which variants of a file are missing or older than it. */
async function readVariants(path: string): Promise<{ readonly original: Stats; readonly missing: readonly string[] }> {
  const original = await lstat(path);
  const missing: string[] = [];
  for (const ending of Object.keys(encoders)) {
    const variant = await findFile(path + ending);
    if (variant === undefined || variant.mtimeMs < original.mtimeMs) missing.push(ending);
  }
  return { original, missing };
}

async function writeVariants(path: string, record: Map<string, number>): Promise<VariantCounts> {
  const { original, missing: outdated } = await readVariants(path);
  const kept = Object.keys(encoders).length - outdated.length;
  let written = 0;
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
      record.set(path + ending, modified.getTime());
      written++;
    }
  }
  return { written, kept };
}

async function findFile(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}
