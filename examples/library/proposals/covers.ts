/** Cover images: files of a folder, named by chance. */
import { mkdir } from "node:fs/promises";
import type { UploadedFile } from "gable";
import { settings } from "../settings.ts";

const extensions = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" } as const;

/** What a cover may be. Its content is checked, whatever its name says. */
export const coverOptions = {
  optional: true,
  accept: Object.keys(extensions) as Array<keyof typeof extensions>,
  bytesMax: 2 * 1_048_576,
} as const;

/** Stores a cover, and returns the name of its file. */
export async function saveCover(file: UploadedFile): Promise<string> {
  await mkdir(settings.coversFolder, { recursive: true });
  const name = `${crypto.randomUUID()}.${extensions[file.type as keyof typeof extensions]}`;
  await file.saveTo(`${settings.coversFolder}/${name}`);
  return name;
}
