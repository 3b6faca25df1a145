/** `gable about`: versions and features in use, for bug reports. */
import { release } from "node:os";
import type { ApplicationFacts } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { Project } from "../project.ts";
import { readPackage } from "../project.ts";
import { readOwnVersion } from "../version.ts";

/** Packages that Gable works with where they are installed. */
const peers = ["typescript", "pg", "mysql2", "kysely", "nodemailer", "redis", "bullmq", "pino"];

/** Options that do not name a feature: addresses, limits, and what the application itself is made of. */
const plainOptions: ReadonlySet<string> = new Set([
  "routes",
  "parts",
  "mode",
  "hosts",
  "origin",
  "port",
  "host",
  "basePath",
  "secretKeys",
  "onError",
  "locale",
  "timeZone",
  "trailingSlash",
  "database",
  "databases",
]);

/** Returns the names of the options that are set, and the kind of each database. Returns undefined if the application does not load. */
async function findFeatures(
  project: Project,
): Promise<{ readonly features: string[]; readonly databases: Record<string, string> } | undefined> {
  let facts: ApplicationFacts;
  try {
    facts = (await project.loadApp()).describe();
  } catch {
    // A report about an application that does not load needs the versions all the more.
    return undefined;
  }
  const { options, databases } = facts;
  const isSet = (value: unknown): boolean => value !== undefined && value !== false;
  return {
    features: Object.entries(options)
      .flatMap(([name, value]) => (isSet(value) && !plainOptions.has(name) ? name : []))
      .sort(),
    databases: Object.fromEntries(Object.entries(databases).map(([name, { url = "" }]) => [name, url.split(":")[0]!])),
  };
}

/** Prints versions and names. It opens nothing. */
export const about = builtIn({
  examples: ["about"],
  async run({ table, project }: BuiltInContext) {
    const { dependencies = {}, devDependencies = {}, name } = readPackage(project.folder) ?? {};
    const installed = { ...devDependencies, ...dependencies };
    const packages = Object.fromEntries(peers.filter((peer) => installed[peer] !== undefined).map((peer) => [peer, installed[peer]!]));
    const facts = {
      gable: readOwnVersion(),
      node: process.versions.node,
      system: `${process.platform} ${process.arch} ${release()}`,
      mode: project.mode,
    };
    const { features, databases } = (await findFeatures(project)) ?? {};
    const shown = {
      project: name ?? "-",
      ...facts,
      ...packages,
      ...Object.fromEntries(Object.entries(databases ?? {}).map(([each, kind]) => [`database ${each}`, kind])),
      features: features === undefined ? "the application does not load" : features.length === 0 ? "-" : features.join(", "),
    };
    table(Object.entries(shown).map(([what, version]) => ({ what, version })));
    return { project: name ?? null, ...facts, packages, databases: databases ?? null, features: features ?? null };
  },
});
