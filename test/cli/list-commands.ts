/** The commands that the help of `gable` names. */
import type { TestProject } from "./project.ts";

/** Returns the names of the commands of a group; without one, of all commands and groups. */
export async function listCommands(project: TestProject, ...group: string[]): Promise<string[]> {
  const { out } = await project.run(...group, "--help");
  const [, list = ""] = out.split("\nCommands:\n");
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
}

/** Returns the names of all commands, such as "db migrate". */
export async function listAllCommands(project: TestProject): Promise<string[]> {
  const names: string[] = [];
  for (const name of await listCommands(project)) {
    const nested = await listCommands(project, name);
    names.push(...(nested.length === 0 ? [name] : nested.map((each) => `${name} ${each}`)));
  }
  return names;
}
