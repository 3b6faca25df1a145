/** Cover images: files of a folder, named by chance. */
import { mkdir, rm } from "node:fs/promises";
import type { UploadedFile } from "gable";
import { settings } from "../settings.ts";

const extensions = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" } as const;

/** What a cover may be. Its content is checked, whatever its name says. */
export const coverOptions = {
  optional: true,
  accept: Object.keys(extensions) as Array<keyof typeof extensions>,
  bytesMax: 2 * 1_048_576,
} as const;

/** Stores a cover, then what names it. Deletes the file again when `save` returns null or throws. Without a file, `save` gets null. */
export async function saveWithCover<Row>(
  file: UploadedFile | null,
  save: (cover: string | null) => Promise<Row | null>,
): Promise<Row | null> {
  if (file === null) return save(null);
  await mkdir(settings.coversFolder, { recursive: true });
  const name = `${crypto.randomUUID()}.${extensions[file.type as keyof typeof extensions]}`;
  const path = `${settings.coversFolder}/${name}`;
  await file.saveTo(path);
  let row: Row | null = null;
  try {
    row = await save(name);
  } finally {
    if (row === null) await rm(path, { force: true });
  }
  return row;
}
