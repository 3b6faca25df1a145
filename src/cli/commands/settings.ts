/** `gable settings`, `env check` and `env example`: what the settings are, and what is missing. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { SettingFacts, SettingProblem } from "gable";
import { describeSettings, GableError, isGableError, toEnvExample } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { Project } from "../project.ts";
import { findSettings } from "../project-settings.ts";

const fileFlag = { file: { type: "string", help: "Module that exports the settings", default: "settings.ts" } } as const;
type Context = BuiltInContext<{}, typeof fileFlag>;

/** Reads the facts of the settings of a project. */
async function readFacts(project: Project, file: string): Promise<readonly SettingFacts[]> {
  const found = await findSettings(project, file);
  if (found === undefined)
    throw new GableError("E_APP_FILE", `There is no ${file} in this project.`, { fix: "Create it with defineSettings(), or pass --file." });
  const facts = describeSettings(found);
  if (facts.length === 0)
    throw new GableError("E_APP_FILE", `${file} exports no settings.`, { fix: "Write: export const settings = defineSettings({ ... })." });
  return facts;
}

const showFlags = { ...fileFlag, showDefaults: { type: "boolean", help: "Also lists settings that have their default" } } as const;

/** Lists the settings with their source. Secrets are not shown. */
export const settings = builtIn({
  examples: ["settings", "settings --show-defaults --mode production"],
  flags: showFlags,
  async run({ flags, project, table, print }: BuiltInContext<{}, typeof showFlags>) {
    const facts = await readFacts(project, flags.file);
    const shown = flags.showDefaults ? facts : facts.filter(({ source }) => source !== "default");
    table(shown.map(({ name, variable, source, value }) => ({ setting: name, variable, source, value })));
    if (shown.length < facts.length) print(`${facts.length - shown.length} settings have their default: --show-defaults lists them.`);
    return { mode: project.mode, settings: facts };
  },
});

/** Checks the settings. */
export const envCheck = builtIn({
  examples: ["env check --mode production"],
  flags: fileFlag,
  async run({ flags, project, report, print }: Context) {
    try {
      const facts = await readFacts(project, flags.file);
      print(`All ${facts.length} settings can be used in ${project.mode}.`);
      return { mode: project.mode, problems: [] };
    } catch (error) {
      if (!isGableError(error) || error.code !== "E_SETTINGS_INVALID") throw error;
      const problems = error.details["problems"] as readonly SettingProblem[]; // What defineSettings() says of its error.
      for (const { name, problem, fix } of problems) report({ id: "settings.invalid", message: `${name} ${problem}`, fix });
      return { mode: project.mode, problems };
    }
  },
});

const exampleFlags = {
  ...fileFlag,
  dryRun: { type: "boolean", help: "Prints the file, and writes nothing" },
  check: { type: "boolean", help: "Writes nothing; exits with 1 when .env.example differs" },
} as const;

/** Writes `.env.example`. */
export const envExample = builtIn({
  examples: ["env example"],
  flags: exampleFlags,
  // The defaults of development hold, so that missing secrets do not stop it.
  mode: "development",
  async run({ flags, project, report, print }: BuiltInContext<{}, typeof exampleFlags>) {
    const text = toEnvExample(await readFacts(project, flags.file));
    const file = resolve(project.folder, ".env.example");
    const { readFile } = await import("node:fs/promises");
    const before = existsSync(file) ? await readFile(file, "utf8") : "";
    if (flags.check) {
      if (before !== text)
        report({ id: "settings.example", message: ".env.example does not list the settings of today.", fix: "Run: npx gable env example" });
      return { isSame: before === text };
    }
    if (flags.dryRun) {
      print(`Would write .env.example:\n\n${text.trimEnd()}`);
      return { isSame: before === text, isDry: true };
    }
    await writeFile(file, text);
    print(before === text ? ".env.example is up to date." : "Wrote .env.example.");
    return { isSame: before === text };
  },
});
