/** A project that `npm create gable` makes from the template full, with the packages of the repository. */
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProject } from "../../create-gable/src/project.ts";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Makes the project, for SQLite. */
export async function createFullProject({ accounts }: { readonly accounts: boolean }): Promise<TestProject> {
  const project = createTestProject({});
  const { folder } = project;
  rmSync(join(folder, "package.json"));
  const node = { kind: "current" } as const;
  await createProject({ folder, template: "full", database: "sqlite", accounts, packageManager: "npm", force: false, node });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return project;
}
