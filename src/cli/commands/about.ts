/** `gable about`: versions, for bug reports. */
import { release } from "node:os";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { readPackage } from "../project.ts";
import { readOwnVersion } from "../version.ts";

/** Packages that Gable works with where they are installed. */
const peers = ["typescript", "pg", "mysql2", "kysely", "nodemailer", "redis", "bullmq", "pino"];

/** Prints versions. */
export const about = builtIn({
  examples: ["about"],
  run({ table, project }: BuiltInContext) {
    const { dependencies = {}, devDependencies = {}, name } = readPackage(project.folder) ?? {};
    const installed = { ...devDependencies, ...dependencies };
    const packages = Object.fromEntries(peers.filter((peer) => installed[peer] !== undefined).map((peer) => [peer, installed[peer]!]));
    const facts = {
      gable: readOwnVersion(),
      node: process.versions.node,
      system: `${process.platform} ${process.arch} ${release()}`,
      mode: project.mode,
    };
    table(Object.entries({ project: name ?? "-", ...facts, ...packages }).map(([what, version]) => ({ what, version })));
    return { project: name ?? null, ...facts, packages };
  },
});
