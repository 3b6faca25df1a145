/** `gable deploy make`: files for a server, with comments. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { makeCompose } from "../deploy/compose.ts";
import { makeDocker } from "../deploy/docker.ts";
import type { DeployFacts } from "../deploy/facts.ts";
import { makeSystemd } from "../deploy/systemd.ts";
import { refuse } from "../make/names.ts";
import { writePlan } from "../make/plan.ts";
import { readPackage } from "../project.ts";

const targets = { docker: makeDocker, systemd: makeSystemd, compose: makeCompose } as const;
const flags = {
  target: { type: "string", help: "What runs the site", choices: ["docker", "systemd", "compose"] },
  force: { type: "boolean", help: "Overwrites files that exist" },
  dryRun: { type: "boolean", help: "Shows the files, and writes nothing" },
} as const;

/** Oldest Node of the images, and the one of development where that is newer and even: odd ones have no long support. */
const nodeMajorMin = 24;

/** Writes files of a deployment. */
export const deployMake = builtIn({
  examples: ["deploy make --target docker", "deploy make --target systemd --dry-run", "deploy make --target compose"],
  flags,
  mode: "development",
  async run({ flags: { target, force, dryRun: isDry }, project: { folder }, print }: BuiltInContext<{}, typeof flags>) {
    if (target === undefined || !Object.hasOwn(targets, target))
      refuse("gable deploy make needs a target.", "Write: gable deploy make --target docker, systemd or compose");
    const all = targets[target as keyof typeof targets](readFacts(folder)); // Checked above.
    const missing = Object.entries(all).filter(([file]) => force || !existsSync(join(folder, file)));
    // A new project has a Dockerfile. With nothing to write, the plan says which files exist.
    const files = missing.length === 0 ? all : Object.fromEntries(missing);
    const written = await writePlan(folder, { files, lines: [], next: [] }, { force, isDry });
    for (const [file, text] of Object.entries(files)) print(isDry ? `Would write ${file}\n\n${text}` : `Wrote ${file}`);
    for (const file of Object.keys(all)) if (!Object.hasOwn(files, file)) print(`Kept ${file}, which exists already`);
    if (!isDry) print("Read the first lines of each file: they say how to use it.");
    return { target, files: written.files, isDry };
  },
});

function readFacts(folder: string): DeployFacts {
  const major = Number(process.versions.node.split(".")[0]);
  const name = (readPackage(folder)?.name ?? "")
    .replace(/^@[^/]*\//, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-\d]+|-+$/g, "")
    .slice(0, 30);
  return {
    name: name === "" ? "site" : name,
    nodeMajor: major % 2 === 0 ? Math.max(major, nodeMajorMin) : nodeMajorMin,
    files: new Set(readdirSync(folder)),
    hasViews: existsSync(join(folder, "views")),
    hasMigrations: existsSync(join(folder, "migrations")),
  };
}
