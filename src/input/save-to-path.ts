/** Saves the content of an upload under a path. */
import { toDiskError } from "./disk-full.ts";
import { loadFileSystem } from "../replies/node-modules.ts";

/** Writes a file next to a path and renames it, so that readers see all of it or nothing. An existing file is replaced. Throws `E_UPLOAD_DISK_FULL`. */
export async function saveToPath(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const fs = await loadFileSystem();
  const partial = `${path}.${crypto.randomUUID()}.part`;
  try {
    const file = await fs.open(partial, "wx", 0o644);
    try {
      for await (const chunk of content) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(partial, path);
  } catch (error) {
    await fs.rm(partial, { force: true });
    throw toDiskError(error);
  }
}
