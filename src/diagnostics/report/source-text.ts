/** Reads source files for reports: synchronously, so that a process that ends can still print them. */

type FileSystem = typeof import("node:fs");

const fileBytesMax = 2_000_000;

/** Returns node:fs; undefined on a runtime without it. */
export function findFileSystem(): FileSystem | undefined {
  // Not every runtime has a process.
  const holder = globalThis as { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };
  return holder.process?.getBuiltinModule?.("node:fs") as FileSystem | undefined; // The name says which module it is.
}

/** Reads a file; undefined if it does not exist, is too large, or is not a file. */
export function readSourceText(file: string): string | undefined {
  const fileSystem = findFileSystem();
  if (fileSystem === undefined || !/^(?:\/|[A-Za-z]:[\\/])/.test(file)) return undefined;
  try {
    const facts = fileSystem.statSync(file);
    return facts.isFile() && facts.size <= fileBytesMax ? fileSystem.readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
