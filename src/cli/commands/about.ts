/** `gable about`: versions and features in use, for bug reports. */
import { release } from "node:os";
import { isGableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { Project } from "../project.ts";
import { readPackage } from "../project.ts";
import { readOwnVersion } from "../version.ts";

/** Packages that Gable works with where they are installed. */
const peers = ["typescript", "pg", "mysql2", "kysely", "nodemailer", "redis", "bullmq", "pino"];

/** What a report needs of an application. */
interface AppReport {
  readonly features: readonly string[];
  /** Kinds of the databases by name. */
  readonly databases: Readonly<Record<string, string>>;
}

/** Describes the application; returns why it does not load where it does not: the report needs the versions all the more. */
async function readReport(project: Project): Promise<AppReport | string> {
  try {
    const { features, databases } = (await project.loadApp()).describe();
    const kinds = Object.entries(databases).map(([name, { url = "" }]) => [name, url.split(":")[0]!]);
    return { features: features.toSorted(), databases: Object.fromEntries(kinds) as Record<string, string> }; // Pairs of strings.
  } catch (error) {
    return isGableError(error) ? error.code : error instanceof Error ? error.name : "no error";
  }
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
    const report = await readReport(project);
    const { features, databases } = typeof report === "string" ? {} : report;
    const shown = {
      project: name ?? "-",
      ...facts,
      ...packages,
      ...Object.fromEntries(Object.entries(databases ?? {}).map(([each, kind]) => [`database ${each}`, kind])),
      features: typeof report === "string" ? `the application does not load (${report})` : report.features.join(", "),
    };
    table(Object.entries(shown).map(([what, version]) => ({ what, version })));
    return { project: name ?? null, ...facts, packages, databases: databases ?? null, features: features ?? null };
  },
});
