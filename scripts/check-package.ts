/** Checks what the package holds, how large it is, and what publint says. `test/packed/` installs it and runs programs on it. */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localProgram, root, runCommand } from "./run-command.ts";

/** The package with its dependencies, as `npm install gable` leaves them (decisions/034-installed-size.md). */
const installedBytesMax = 6_700_000;
const packagesMax = 12;
/** The design allows 1 MB for the packed docs; Markdown packs to about a third. */
const docsBytesMax = 1_000_000;
const expected =
  /^(?:bin\/gable\.mjs|dist\/.*\.(?:js|d\.ts)|docs\/[a-z0-9/-]+(?:\.md|\.schema\.json)|docs\/README\.md|package\.json|[A-Z]+\.md|LICENSE)$/;

/** What `npm pack --json` says about a package. */
interface PackFacts {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: ReadonlyArray<{ readonly path: string; readonly size: number }>;
}

const folder = await mkdtemp(join(tmpdir(), "gable-package-"));
try {
  if ((await runCommand(process.execPath, ["scripts/build.ts"])) !== 0) process.exit(1);
  if ((await runCommand(localProgram("publint"), ["--strict"])) !== 0) process.exit(1);
  checkContents(pack());
} finally {
  await rm(folder, { recursive: true, force: true });
}

function pack(): PackFacts {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) fail(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`);
  const facts: unknown = JSON.parse(stdout);
  // npm 11 prints a list, npm 12 a record by package name; both hold the same facts.
  return (Array.isArray(facts) ? facts : Object.values(facts as object))[0] as PackFacts;
}

function checkContents({ files, size, unpackedSize }: PackFacts): void {
  const strange = files.map(({ path }) => path).filter((path) => !expected.test(path) || path.includes(".test."));
  if (strange.length > 0) fail(`The package contains files that do not belong there: ${strange.join(", ")}.`);
  const dependencies = listDependencies("gable", new Map());
  const installedSize = [...dependencies.values()].reduce((sum, bytes) => sum + bytes, unpackedSize);
  if (installedSize > installedBytesMax)
    fail(`With its dependencies, the package has ${installedSize} bytes; the limit is ${installedBytesMax}.`);
  if (dependencies.size >= packagesMax) fail(`The package brings ${dependencies.size} others; at most ${packagesMax - 1} are allowed.`);
  const docs = files.filter(({ path }) => path.startsWith("docs/"));
  const docsBytes = docs.reduce((sum, file) => sum + file.size, 0);
  if (docsBytes > docsBytesMax) fail(`The docs have ${docsBytes} bytes; the limit is ${docsBytesMax}.`);
  console.log(
    `The package has ${files.length} files, ${docs.length} of them docs: ${toKb(size)} packed, ${toKb(unpackedSize)} unpacked, docs ${toKb(docsBytes)}. With its ${dependencies.size} dependencies: ${toKb(installedSize)}.`,
  );
}

/** Adds the dependencies of a package, and theirs, with the bytes of their files. */
function listDependencies(name: string, found: Map<string, number>): Map<string, number> {
  const own = name === "gable" ? root : join(root, "node_modules", name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) {
    if (found.has(dependency)) continue;
    found.set(dependency, bytesIn(join(root, "node_modules", dependency)));
    listDependencies(dependency, found);
  }
  return found;
}

function bytesIn(path: string): number {
  const entries = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function toKb(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
