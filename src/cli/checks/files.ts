/** Checks of who may read and write the files of a project. */
import { access, constants } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Finding } from "../doctor/finding.ts";
import { measureSecretFiles } from "../doctor/measure.ts";
import type { Check } from "./check.ts";

/** Permissions of folders and files. */
export interface FileFacts {
  /** Folders with code that the process may write to, as paths below the project. */
  readonly writable: readonly string[];
  /** What was found about the files of settings. */
  readonly secrets: readonly Finding[];
}

/** Reads the permissions of a project. Windows has no such modes. */
export async function readFiles(folder: string, appFile: string): Promise<FileFacts | undefined> {
  if (process.platform === "win32") return undefined;
  const writable: string[] = [];
  for (const path of new Set([folder, dirname(appFile)])) if (await isWritable(path)) writable.push(relative(folder, path) || ".");
  return { writable, secrets: await measureSecretFiles(folder) };
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** The checks. */
export const fileChecks: readonly Check[] = [
  {
    id: "files.writable",
    level: "warning",
    run: ({ files }) =>
      (files?.writable ?? []).map((name) => ({
        message: `The user who runs this command may write to the folder with code (${name}): somebody who takes over the site can change it.`,
        fix: "Let another user own the code, and the site only the folder var. Run this check as the user of the site.",
      })),
  },
  {
    id: "files.secrets-readable",
    level: "warning",
    run: ({ files }) =>
      (files?.secrets ?? [])
        .filter(({ state }) => state !== "ok")
        .map(({ check, found, fix = "" }) => ({ message: `${check.replace(/^file /, "")}: ${found}.`, fix })),
  },
];
