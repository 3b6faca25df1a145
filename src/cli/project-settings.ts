/** The settings of a project, for commands that need them without the application. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Project } from "./project.ts";
import { assertModule } from "./project.ts";

/** Imports the settings of a project: the export named `settings`, or the default. Undefined when there is no such file. */
export async function findSettings(
  project: Pick<Project, "folder">,
  file = "settings.ts",
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const path = resolve(project.folder, file);
  if (!existsSync(path)) return undefined;
  assertModule(path, file);
  const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>; // Any module is an object of its exports.
  const found = module["settings"] ?? module["default"];
  return typeof found === "object" && found !== null ? (found as Readonly<Record<string, unknown>>) : {}; // Settings by name.
}
