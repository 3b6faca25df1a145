/** Writes the files of a project. */
import { randomBytes } from "node:crypto";
import { access, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Choices } from "./choices.ts";
import { Stopped } from "./choices.ts";
import { databases, toDatabaseName } from "./databases.ts";
import type { NodePlan } from "./node-version.ts";
import type { Features } from "./template-text.ts";
import { chooseLines, fillIn } from "./template-text.ts";

/** What to make, and where. */
export interface ProjectOptions extends Pick<Choices, "folder" | "template" | "database" | "accounts" | "packageManager"> {
  /** Whether a folder with files in it is used, too. */
  readonly force: boolean;
  readonly node: NodePlan;
  /** When it aborts, the files that were written are removed. */
  readonly signal?: AbortSignal;
}

/** A folder that is in use, or that cannot be written to. */
export class ProjectRefused extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

const templatesFolder = fileURLToPath(new URL("../templates/", import.meta.url));

/** Throws {@link ProjectRefused} for a file, and for a folder with files unless they may stay there. */
export async function checkFolder(folder: string, force: boolean): Promise<void> {
  if (folder.split(sep).includes("node_modules"))
    throw new ProjectRefused(`${folder} is below node_modules, where Node runs no TypeScript.`, "Give a folder outside of node_modules.");
  const present = await listFolder(folder);
  if (present.length === 0 || force) return;
  const shown = present.slice(0, 5).join(", ") + (present.length > 5 ? `, and ${present.length - 5} more` : "");
  throw new ProjectRefused(
    `The folder ${folder} is not empty: ${shown}.`,
    "Give another folder, or --force to add the files that are missing there.",
  );
}

/** Makes the project; returns the names of the files that it wrote. Nothing that exists is changed. All files are written, or none. */
export async function createProject(options: ProjectOptions): Promise<string[]> {
  const { folder, template, force, signal } = options;
  await checkFolder(folder, force);
  const source = join(templatesFolder, template);
  const written: string[] = [];
  /** Files, and the first folder of each path that did not exist. */
  const made: string[] = [];
  const features = toFeatures(options);
  try {
    for (const name of (await listFiles(source)).filter((each) => isOf(each, features))) {
      const target = join(dirname(name), toTargetName(basename(name)));
      const path = join(folder, target);
      if (await exists(path)) continue;
      if (signal?.aborted === true) throw new Stopped("You cancelled. The files were removed again.");
      const created = await mkdir(dirname(path), { recursive: true });
      made.push(created ?? path);
      // Other users of the machine must not read the keys.
      await writeFile(path, toText(target, await readFile(join(source, name), "utf8"), options), {
        flag: "wx",
        mode: target === ".env" ? 0o600 : 0o666,
      });
      written.push(target);
    }
  } catch (error) {
    for (const path of made) await rm(path, { recursive: true, force: true });
    throw await toRefusal(error, folder);
  }
  return written;
}

/** Returns what lines and files of templates depend on. */
function toFeatures({ database, accounts, packageManager }: ProjectOptions): Features {
  const hasImage = packageManager === "npm" || packageManager === "pnpm";
  return new Set([
    database,
    packageManager,
    ...(database === "sqlite" ? [] : ["server"]),
    ...(accounts ? ["accounts"] : []),
    ...(hasImage ? ["docker"] : []),
  ]);
}

/** Whether a file belongs to a project with these features. The images of other package managers are written by hand. */
function isOf(name: string, features: Features): boolean {
  if (name.includes("accounts")) return features.has("accounts");
  return !["Dockerfile", ".dockerignore"].includes(name) || features.has("docker");
}

function toText(target: string, template: string, options: ProjectOptions): string {
  const text = chooseLines(template, toFeatures(options));
  const name = toPackageName(basename(options.folder));
  if (target === "package.json") return toPackage(fillIn(text, { name }), options);
  const { server } = databases[options.database];
  const database = toDatabaseName(name);
  return fillIn(text, {
    database,
    databaseUrl: server + database,
    exampleUrl: server.replace(/\/\/.*/, `//user:password@host${/:\d+\/$/.exec(server)?.[0] ?? "/"}${database}`),
    image: toImageName(name),
    key: randomBytes(32).toString("base64url"),
  });
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
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && (await findObstacle(folder)) === undefined) return [];
    throw await toRefusal(error, folder);
  }
}

/** Turns what the file system answers into a {@link ProjectRefused}; other errors stay as they are. */
async function toRefusal(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return error;
  const obstacle = await findObstacle("path" in error ? String(error.path) : folder);
  const reason = obstacle ?? error.message;
  const fix =
    obstacle !== undefined
      ? "Give another folder, or move it away."
      : ["EACCES", "EPERM", "EROFS"].includes(String(error.code))
        ? "Give a folder that you may write to."
        : "Give another folder.";
  return new ProjectRefused(`Cannot write the project to ${folder}: ${reason}${reason.endsWith(".") ? "" : "."}`, fix);
}

/** Finds what keeps a path from being a folder, on the path or above it: a file, or a link whose target does not exist. */
async function findObstacle(path: string): Promise<string | undefined> {
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined) return target.isDirectory() ? undefined : `${path} is a file.`;
  if ((await lstat(path).catch(() => undefined))?.isSymbolicLink() === true) return `${path} is a link whose target does not exist.`;
  return dirname(path) === path ? undefined : findObstacle(dirname(path));
}

/** The fields of a package.json that depend on the project; the template has the first two. */
interface PackageFields {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies?: Readonly<Record<string, string>>;
  allowScripts?: Readonly<Record<string, boolean>>;
}

function toPackage(text: string, { node, template, database }: ProjectOptions): string {
  const contents = JSON.parse(text) as PackageFields; // The template's own.
  if (template === "full") Object.assign(contents.dependencies, databases[database].packages);
  if (node.kind === "package") {
    contents.devDependencies["node"] = node.version;
    contents.allowScripts = { node: true };
  }
  if (node.kind === "platform-packages") contents.optionalDependencies = node.packages;
  return `${JSON.stringify(contents, null, 2)}\n`;
}

/** A name that npm takes: lower case, its own set of characters, no dot or underscore first. */
export function toPackageName(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "");
  return name === "" ? "my-site" : name.slice(0, 214);
}

/** A name for an image, as `gable deploy make` gives it. */
function toImageName(packageName: string): string {
  const name = packageName
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "")
    .slice(0, 30);
  return name === "" ? "site" : name;
}
