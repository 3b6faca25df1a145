/** The arguments of `npm create gable`. */
import { parseArgs } from "node:util";
import { databaseNames, type DatabaseName } from "./databases.ts";

/** The package managers that a project can use. */
export const packageManagers = ["npm", "pnpm", "yarn", "bun"] as const;
/** A package manager. */
export type PackageManager = (typeof packageManagers)[number];

/** The templates that exist. */
const templates = ["minimal", "full"] as const;
/** What a project can start with. */
export type Template = (typeof templates)[number];

/** What was asked for. What the flags leave open is undefined. */
export interface Arguments {
  readonly folder: string | undefined;
  readonly template: Template | undefined;
  readonly database: DatabaseName | undefined;
  readonly accounts: boolean | undefined;
  /** The one of the flag, else the one that runs this program. */
  readonly packageManager: PackageManager | undefined;
  readonly git: boolean | undefined;
  readonly install: boolean | undefined;
  readonly yes: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Arguments that say nothing we know. */
export class WrongUsage extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

export const usage = `npm create gable@latest [folder] -- [flags]

  --template full|minimal                      what the project starts with (full); minimal is one page without a database
  --database sqlite|postgres|mariadb|mysql     where it stores its rows (sqlite)
  --accounts, --no-accounts                    whether people can sign up and in (yes)
  --package-manager npm|pnpm|yarn|bun          who installs (the one that runs this, else npm)
  --git, --no-git                              whether to start a repository (yes)
  --install, --no-install                      whether to install the packages (yes)
  --force                                      also in a folder that is not empty: only missing files are added
  --yes                                        ask nothing: what no flag says gets its default, in parentheses above
  --json                                       ask nothing, and print one object: the files made and what to type next

On a terminal, you are asked for what the flags leave open.

Example: npm create gable@latest my-site -- --database postgres --no-git`;

const booleanFlags = ["accounts", "no-accounts", "git", "no-git", "install", "no-install", "yes", "force", "json", "help"] as const;
const textFlags = ["template", "database", "package-manager"] as const;
type Values = Partial<Record<(typeof booleanFlags)[number], boolean> & Record<(typeof textFlags)[number], string>>;

/** Reads the arguments. Throws {@link WrongUsage}. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  if (positionals.length > 1) throw new WrongUsage(`Two folders were given: ${positionals.join(", ")}.`, "Give one folder.");
  const given = {
    folder: positionals[0],
    template: oneOf("template", templates, values.template),
    database: oneOf("database", databaseNames, values.database),
    accounts: either(values, "accounts"),
    packageManager: oneOf("package-manager", packageManagers, values["package-manager"] ?? findPackageManager()),
    git: either(values, "git"),
    install: either(values, "install"),
    yes: values.yes === true,
    force: values.force === true,
    json: values.json === true,
    help: values.help === true,
  };
  if (given.template === "minimal") refuseWithMinimal(given);
  return given;
}

/** The template minimal has no database, and so no users. */
function refuseWithMinimal({ database, accounts }: Pick<Arguments, "database" | "accounts">): void {
  const flag = database !== undefined ? "--database" : accounts === true ? "--accounts" : undefined;
  if (flag !== undefined)
    throw new WrongUsage(
      `The template minimal has no database: ${flag} cannot be used with it.`,
      `Give --template full, or leave ${flag} out.`,
    );
}

function parse(argv: readonly string[]): { readonly values: Values; readonly positionals: readonly string[] } {
  const options: Record<string, { type: "boolean" | "string"; short?: string }> = { yes: { type: "boolean", short: "y" } };
  for (const name of booleanFlags) options[name] ??= { type: "boolean", ...(name === "help" && { short: "h" }) };
  for (const name of textFlags) options[name] = { type: "string" };
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '(-[^']*)'/.exec(reason)?.[1];
    throw new WrongUsage(unknown === undefined ? reason : `The flag ${unknown} does not exist.`, "See npm create gable -- --help.");
  }
}

/** Reads a flag that has an opposite; undefined where neither is given. */
function either(values: Values, name: "accounts" | "git" | "install"): boolean | undefined {
  const isRefused = values[`no-${name}`] === true;
  if (isRefused && values[name] === true) throw new WrongUsage(`--${name} and --no-${name} were both given.`, "Give one of the two.");
  return isRefused ? false : values[name];
}

function oneOf<Name extends string>(flag: string, names: readonly Name[], given: string | undefined): Name | undefined {
  const found = names.find((name) => name === given);
  if (found !== undefined || given === undefined) return found;
  throw new WrongUsage(`--${flag} got "${given}".`, `Give one of: ${names.join(", ")}.`);
}

/** Each manager names itself first in the variable that npm has introduced for this. */
function findPackageManager(): PackageManager | undefined {
  const running = /^\w+/.exec(process.env["npm_config_user_agent"] ?? "")?.[0];
  return packageManagers.find((name) => name === running);
}
