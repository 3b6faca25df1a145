/** What a project is made of: what the flags say, what a person answers, and defaults for the rest. */
import { resolve } from "node:path";
import type { Arguments, PackageManager, Template } from "./arguments.ts";
import { packageManagers } from "./arguments.ts";
import type { DatabaseName } from "./databases.ts";
import { databaseNames, databases } from "./databases.ts";

/** Everything that is decided before the first file is written. */
export interface Choices {
  /** An absolute path. */
  readonly folder: string;
  readonly template: Template;
  readonly database: DatabaseName;
  readonly accounts: boolean;
  readonly packageManager: PackageManager;
  readonly git: boolean;
  readonly install: boolean;
}

/** A person has pressed Ctrl-C. */
export class Stopped extends Error {
  readonly fix = "Run npm create gable again.";
}

/** One of several answers, which a list shows. */
export interface Option<Value> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

/** Asks a person. Each function throws {@link Stopped} for Ctrl-C. */
export interface Questions {
  text(message: string, initial: string): Promise<string>;
  choice<Value extends string>(message: string, options: ReadonlyArray<Option<Value>>): Promise<Value>;
  confirm(message: string): Promise<boolean>;
}

const templateOptions: ReadonlyArray<Option<Template>> = [
  { value: "full", label: "full", hint: "database, forms, views, tests" },
  { value: "minimal", label: "minimal", hint: "one page in one file" },
];

/** Answers each question with its first option or with yes. */
const defaults: Questions = {
  text: async (_message, initial) => initial,
  choice: async (_message, [first]) => first!.value, // Each list has options.
  confirm: async () => true,
};

/**
 * Returns all choices. Without `questions`, nobody is asked. `checkFolder` throws for a folder that cannot be used: before the
 * other questions.
 */
export async function choose(given: Arguments, checkFolder: (folder: string) => Promise<void>, questions?: Questions): Promise<Choices> {
  const { text, choice, confirm } = questions ?? defaults;
  const folder = resolve(given.folder ?? ((await text("Folder of the project", "my-site")).trim() || "my-site"));
  await checkFolder(folder);
  // Flags about a database mean the template that has one.
  const impliesFull = given.database !== undefined || given.accounts === true;
  const template = given.template ?? (impliesFull ? "full" : await choice("What does it start with?", templateOptions));
  const isFull = template === "full";
  const listed = databaseNames.map((value) => ({ value, ...databases[value] }));
  const managers = packageManagers.map((value) => ({ value, label: value }));
  return {
    folder,
    template,
    database: given.database ?? (isFull ? await choice("Where does it store its rows?", listed) : "sqlite"),
    accounts: given.accounts ?? (isFull && (await confirm("Can people sign up and in?"))),
    packageManager: given.packageManager ?? (await choice("Who installs its packages?", managers)),
    git: given.git ?? (await confirm("Start a git repository?")),
    install: given.install ?? (await confirm("Install the packages now?")),
  };
}
