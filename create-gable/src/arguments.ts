/** The arguments of `npm create gable`. */
import { parseArgs } from "node:util";

/** The package managers that a project can use. */
const packageManagers = ["npm", "pnpm", "yarn", "bun"] as const;
/** A package manager. */
export type PackageManager = (typeof packageManagers)[number];

/** The templates that exist. */
const templates = ["minimal", "full"] as const;
/** What a project can start with. */
export type Template = (typeof templates)[number];

/** What was asked for. */
export interface Arguments {
  readonly folder: string | undefined;
  readonly template: Template;
  readonly packageManager: PackageManager;
  readonly git: boolean;
  readonly install: boolean;
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

  --template minimal|full                what the project starts with (minimal); full has a database, forms and views
  --package-manager npm|pnpm|yarn|bun    who installs (the one that runs this, else npm)
  --no-git                               do not start a repository
  --no-install                           do not install the packages
  --force                                also in a folder that is not empty: only missing files are added
  --yes                                  ask nothing
  --json                                 print one object: the files made and what to type next

Example: npm create gable@latest my-site -- --no-git`;

/** Reads the arguments. Throws {@link WrongUsage}. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  if (positionals.length > 1) throw new WrongUsage(`Two folders were given: ${positionals.join(", ")}.`, "Give one folder.");
  return {
    folder: positionals[0],
    template: oneOf("template", templates, values.template ?? "minimal"),
    packageManager: oneOf("package-manager", packageManagers, values["package-manager"] ?? findPackageManager()),
    git: values["no-git"] !== true,
    install: values["no-install"] !== true,
    yes: values.yes === true,
    force: values.force === true,
    json: values.json === true,
    help: values.help === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        template: { type: "string" },
        "package-manager": { type: "string" },
        git: { type: "boolean" },
        "no-git": { type: "boolean" },
        install: { type: "boolean" },
        "no-install": { type: "boolean" },
        yes: { type: "boolean", short: "y" },
        force: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error), "See npm create gable -- --help.");
  }
}

function oneOf<Name extends string>(flag: string, names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  throw new WrongUsage(`--${flag} got "${given}".`, `Give one of: ${names.join(", ")}.`);
}

/** Each manager names itself first in the variable that npm has introduced for this. */
function findPackageManager(): PackageManager {
  const running = /^\w+/.exec(process.env["npm_config_user_agent"] ?? "")?.[0];
  return packageManagers.find((name) => name === running) ?? "npm";
}
