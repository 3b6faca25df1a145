/** Writes the files of a project. */
import { randomBytes } from "node:crypto";
import { access, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Template } from "./arguments.ts";
import type { NodePlan } from "./node-version.ts";

/** What to make, and where. */
export interface ProjectOptions {
  /** An absolute path. */
  readonly folder: string;
  readonly template: Template;
  /** Whether a folder with files in it is used, too. */
  readonly force: boolean;
  readonly node: NodePlan;
}

/** A folder that is in use. */
export class ProjectRefused extends Error {
  readonly fix = "Give another folder, or --force to add the files that are missing there.";
}

const templatesFolder = fileURLToPath(new URL("../templates/", import.meta.url));

/** Makes the project; gives the names of the files that it wrote. Nothing that exists is changed. */
export async function createProject({ folder, template, force, node }: ProjectOptions): Promise<string[]> {
  const present = await listFolder(folder);
  if (present.length > 0 && !force) {
    const shown = present.slice(0, 5).join(", ") + (present.length > 5 ? `, and ${present.length - 5} more` : "");
    throw new ProjectRefused(`The folder ${folder} is not empty: ${shown}.`);
  }
  await mkdir(folder, { recursive: true });
  const source = join(templatesFolder, template);
  const written: string[] = [];
  for (const name of await listFiles(source)) {
    const target = join(dirname(name), toTargetName(basename(name)));
    if (await exists(join(folder, target))) continue;
    await mkdir(dirname(join(folder, target)), { recursive: true });
    if (target === "package.json") await writePackage(join(source, name), folder, node);
    else if (target === ".env")
      await writeFile(join(folder, target), (await readFile(join(source, name), "utf8")).replace("{{key}}", createKey()));
    else await copyFile(join(source, name), join(folder, target));
    written.push(target);
  }
  return written;
}

/** Returns the files of a template, folders included, in the order of their names. */
async function listFiles(source: string, below = ""): Promise<string[]> {
  const entries = await readdir(join(source, below), { withFileTypes: true });
  const lists = entries.map(async (entry) => {
    const name = join(below, entry.name);
    return entry.isDirectory() ? listFiles(source, name) : [name];
  });
  return (await Promise.all(lists)).flat().sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Returns a secret key: each project signs with its own. */
function createKey(): string {
  return randomBytes(32).toString("base64url");
}

/** npm leaves .gitignore and package.json of a subfolder out or reads them, so templates keep them under other names. */
function toTargetName(name: string): string {
  if (name === "_gitignore") return ".gitignore";
  if (name === "_env") return ".env";
  return name === "_package.json" ? "package.json" : name;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name !== ".git").sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") throw new ProjectRefused(`${folder} is a file.`);
    throw error;
  }
}

async function writePackage(source: string, folder: string, node: NodePlan): Promise<void> {
  const text = (await readFile(source, "utf8")).replace("{{name}}", toPackageName(basename(folder)));
  const contents = JSON.parse(text) as { devDependencies: Record<string, string>; [field: string]: unknown };
  if (node.kind === "package") {
    contents.devDependencies["node"] = node.version;
    contents["allowScripts"] = { node: true };
  }
  if (node.kind === "platform-packages") contents["optionalDependencies"] = node.packages;
  await writeFile(join(folder, "package.json"), `${JSON.stringify(contents, null, 2)}\n`);
}

/** A name that npm takes: lower case, its own set of characters, no dot or underscore first. */
export function toPackageName(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "");
  return name === "" ? "my-site" : name.slice(0, 214);
}
