/** Loads the file system on first use: applications without files also run where it does not exist. */
type FileSystem = typeof import("node:fs/promises");
type OperatingSystem = typeof import("node:os");
type Paths = typeof import("node:path");

let fileSystem: Promise<FileSystem> | undefined;
let operatingSystem: Promise<OperatingSystem> | undefined;
let paths: Promise<Paths> | undefined;

/** The promises of node:fs. */
export function loadFileSystem(): Promise<FileSystem> {
  fileSystem ??= import("node:fs/promises");
  return fileSystem;
}

/** node:os. */
export function loadOperatingSystem(): Promise<OperatingSystem> {
  operatingSystem ??= import("node:os");
  return operatingSystem;
}

/** node:path. */
export function loadPaths(): Promise<Paths> {
  paths ??= import("node:path");
  return paths;
}
