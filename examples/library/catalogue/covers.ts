/** Covers of books and of proposals: images in the storage. */
import { extname } from "node:path";
import { onRollback } from "gable/data";
import { storage } from "gable/storage";

/** Start of the keys of covers that everybody may see. Those of proposals are private. */
export const coversPrefix = "covers";

/** What a cover may be. Its content is checked, whatever its name says. */
export const coverOptions = {
  null: true,
  label: "Cover image",
  accept: ["image/png", "image/jpeg", "image/webp"],
  bytesMax: 2 * 1_048_576,
  help: "PNG, JPEG or WebP, at most 2 MB.",
} as const;

/** Copies the cover of a proposal for its book, so that each row has its file. Returns the new key; null when the file is missing. */
export async function copyCover(key: string): Promise<string | null> {
  if ((await storage.find(key)) === undefined) return null;
  const content = await storage.read(key);
  const copy = `${coversPrefix}/${crypto.randomUUID()}${extname(key)}`;
  await storage.put(copy, content.stream(), { type: content.type });
  onRollback(() => storage.delete(copy));
  return copy;
}
