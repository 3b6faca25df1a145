/** `gable make`: writes short files in the style of the templates, with a test. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ModelClass } from "gable/data";
import { findNearestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { makeAccountRoutes } from "../make/account-routes.ts";
import { makeAccounts } from "../make/accounts.ts";
import { makeMail, makeTask } from "../make/background.ts";
import { makeCommand, makeTest } from "../make/command.ts";
import { readFields } from "../make/fields.ts";
import { makeForm, makeModelForm } from "../make/form.ts";
import { listFormFields } from "../make/form-fields.ts";
import { makeModel } from "../make/model.ts";
import { readFileName, readModelName, refuse, toNames } from "../make/names.ts";
import type { ProjectFacts } from "../make/pages.ts";
import { makeFeature, makeRoutes, makeView } from "../make/pages.ts";
import { Places } from "../make/place.ts";
import type { MakePlan, Written } from "../make/plan.ts";
import { readModelSources, writePlan } from "../make/plan.ts";
import { makePolicy } from "../make/policy.ts";
import { makeResource } from "../make/resource.ts";
import { makeSeed } from "../make/seed.ts";
import { modelsOf } from "../open-database.ts";

const flags = {
  fields: { type: "string", help: "Its fields in one string, instead of words after the name" },
  force: { type: "boolean", help: "Overwrites files that exist" },
  noTest: { type: "boolean", help: "Writes no test" },
  routes: { type: "boolean", help: "With accounts: writes all of their pages, so that you can change them" },
  dryRun: { type: "boolean", help: "Shows what it would write, and writes nothing" },
} as const;
const words = {
  kind: { help: "model, form, routes, view, resource, feature, policy, accounts, seed, task, mail, command or test" },
  name: { help: "Its name, such as Post, and then its fields, such as title:text:200", many: true, optional: true },
} as const;
type Context = BuiltInContext<typeof words, typeof flags>;

/** What a kind gets: the name and the words after it, and the project. */
interface Given {
  readonly name: string;
  readonly fields: readonly string[];
  readonly facts: ProjectFacts;
  readonly places: Places;
  /** Where each model is. */
  readonly sources: ReadonlyMap<string, string>;
  readonly context: Context;
}

const kinds: Readonly<Record<string, (given: Given) => MakePlan | Promise<MakePlan>>> = {
  model: ({ name, fields, sources, facts }) => {
    const names = readModelName("model", name);
    return makeModel(names, readFields(fields, new Set([...sources.keys(), names.pascal])), sources, facts.app);
  },
  form: planForm,
  routes: (given) => makeRoutes(readFileName("routes", withoutFields(given)), given.facts),
  view: (given) => makeView(readFileName("view", withoutFields(given)), given.facts),
  resource: planResource,
  task: (given) => makeTask(readFileName("task", withoutFields(given)), given.facts),
  mail: (given) => makeMail(readFileName("mail", withoutFields(given)), given.facts),
  command: (given) => makeCommand(readFileName("command", withoutFields(given))),
  test: planTest,
  feature: (given) => makeFeature(readFileName("feature", withoutFields(given)), given.facts),
  seed: planSeed,
  policy: planPolicy,
  accounts: planAccounts,
};

/** A seed fills the models after its name, or the one whose name it has. */
async function planSeed({ name, fields, sources, context }: Given): Promise<MakePlan> {
  const names = readFileName("seed", name);
  const own = [...sources.keys()].filter((each) => [toNames(each).kebab, toNames(each).kebabPlural].includes(names.kebab));
  const wanted = fields.length > 0 ? fields : own;
  if (wanted.length === 0)
    refuse(`No model has the name of the seed "${name}".`, `Name the models that it fills: gable make seed ${name} Post`);
  const models = [];
  for (const each of new Set(wanted)) models.push(await findModel(context, each, sources));
  const folder = join(context.project.folder, "seeds");
  return makeSeed(names, models, existsSync(folder) ? readdirSync(folder) : []);
}

/** A policy is about the users of the application. */
async function planPolicy(given: Given): Promise<MakePlan> {
  const { context, sources } = given;
  const names = readModelName("policy", withoutFields(given));
  const model = await findModel(context, names.pascal, sources);
  const { accounts } = (await context.project.loadApp()).describe().options;
  if (accounts === undefined)
    refuse("The application has no accounts, and policies are about their users.", "Make them first: gable make accounts");
  const file = given.places.read("accounts/accounts.ts") === undefined ? "app.ts" : "accounts/accounts.ts";
  // A model of users is a model.
  return makePolicy(names, model, toSource(sources, names.pascal), { user: accounts.options.user as unknown as ModelClass, file });
}

/** There is one kind of accounts: they have no name. */
async function planAccounts({ name, facts, places, context: { project, flags } }: Given): Promise<MakePlan> {
  if (name !== "") refuse(`"${name}" means nothing here: accounts have no name.`, "Write: gable make accounts");
  if (!flags.routes) return makeAccounts(facts, places.read("models.ts") ?? "", places.read("settings.ts"));
  const { accounts, mail, tasks } = (await project.loadApp()).describe().options;
  if (accounts === undefined || places.read("accounts/accounts.ts") === undefined)
    refuse(
      "The pages import the accounts from accounts/accounts.ts, but the application has none there.",
      accounts === undefined ? "Make them first: gable make accounts" : "Move defineAccounts() to accounts/accounts.ts.",
    );
  const own = places.read("accounts/routes.ts");
  const routesFile = own === undefined ? facts.app : { file: "accounts/routes.ts", text: own };
  return makeAccountRoutes(
    facts,
    { options: accounts.options, login: accounts.login, hasMail: mail !== undefined, hasTasks: tasks !== undefined },
    routesFile,
  );
}

/** A test is all that this kind writes. */
function planTest(given: Given): MakePlan {
  if (given.context.flags.noTest) refuse("With --no-test there is nothing to write.", "Leave the flag out.");
  return makeTest(readFileName("test", withoutFields(given)));
}

/** The pages of a model that the application has. */
async function planResource(given: Given): Promise<MakePlan> {
  const names = readModelName("resource", withoutFields(given));
  const model = await findModel(given.context, names.pascal, given.sources);
  return makeResource(names, model, toSource(given.sources, names.pascal), listFormFields(model), given.facts);
}

/** The command. */
export const make = builtIn({
  examples: [
    "make model Post title:text:200 body:text author:belongsTo:User",
    'make model Tag --fields "name:text:50 color:text:7"',
    "make form contact email:email message:text",
    "make form Post",
    "make resource Post",
    "make routes search",
    "make task send-digest",
    "make seed posts",
    "make policy Post",
    "make accounts",
    "make accounts --routes",
  ],
  arguments: words,
  flags,
  mode: "development",
  async run(context: Context) {
    const { kind } = context.arguments;
    const [name = "", ...words] = context.arguments.name ?? [];
    const fields = chooseFields(words, context.flags.fields);
    if (name === "" && kind !== "accounts" && Object.hasOwn(kinds, kind))
      refuse(`A ${kind} needs a name.`, `Write: gable make ${kind} ${["model", "resource", "policy"].includes(kind) ? "Post" : "example"}`);
    if (context.flags.routes && kind !== "accounts")
      refuse(`--routes means nothing here: it only writes the pages of accounts.`, "Leave it out, or write: gable make accounts --routes");
    const { project } = context;
    const planner = findPlanner(kind, name);
    const places = new Places(project.folder, project.toShown(project.findAppFile()));
    const sources = readModelSources(places.read("models.ts") ?? "");
    const plan = places.move(await planner({ name, fields, facts: readFacts(places), places, sources, context }));
    const { force, dryRun: isDry, noTest } = context.flags;
    const kept = noTest
      ? { ...plan, files: Object.fromEntries(Object.entries(plan.files).filter(([path]) => !path.endsWith(".test.ts"))) }
      : plan;
    const written = await writePlan(project.folder, kept, { force, isDry, models: places.pathOf("models.ts") });
    printAll(context, plan, written);
    return { kind, name, ...written, add: plan.lines, next: plan.next, isDry };
  },
});

/** Returns the fields after the name, or those of `--fields`. */
function chooseFields(words: readonly string[], given: string | undefined): readonly string[] {
  if (given === undefined) return words;
  if (words.length > 0)
    refuse(
      `"${words[0]}" comes after the name, but --fields is also given.`,
      "Write all fields after the name, or all of them in --fields.",
    );
  const fields = given.split(/\s+/).filter((word) => word !== "");
  if (fields.length === 0) refuse("--fields has no field.", 'Write --fields "title:text:200 body:text", or leave it out.');
  return fields;
}

type Planner = (typeof kinds)[string];

function findPlanner(kind: string, name: string): Planner {
  const planner = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (planner !== undefined) return planner;
  const near = findNearestName(kind, Object.keys(kinds));
  return refuse(
    `gable make cannot write a "${kind}".`,
    near === undefined ? `Use one of ${Object.keys(kinds).join(", ")}.` : `Write: gable make ${near} ${name}`,
  );
}

function readFacts(places: Places): ProjectFacts {
  const has = (path: string): boolean => places.read(path) !== undefined;
  const app = { file: "app.ts", text: places.read("app.ts") ?? "" };
  return { app, hasLayout: has("views/layout.html"), hasPages: has("pages/routes.ts") };
}

function withoutFields({ name, fields, context }: Given): string {
  if (fields.length > 0)
    refuse(
      `"${fields[0]}" means nothing here: a ${context.arguments.kind} has no fields.`,
      "Leave it out, or quote a name of several words with hyphens.",
    );
  return name;
}

/** A capital letter names a model. */
async function planForm({ name, fields, sources, context }: Given): Promise<MakePlan> {
  if (fields.length > 0) return makeForm(readFileName("form", name), readFields(fields, new Set(sources.keys())));
  if (/^[a-z][a-z0-9-]*$/.test(name))
    refuse(
      `The form "${name}" has no fields.`,
      `Write: gable make form ${name} email:email message:text. The form of a model has its name: gable make form Post`,
    );
  const names = readModelName("form", name);
  const model = await findModel(context, names.pascal, sources);
  return makeModelForm(names, toSource(sources, names.pascal), listFormFields(model));
}

const toSource = (sources: ReadonlyMap<string, string>, model: string): string => `.${sources.get(model) ?? "./models.ts"}`;

async function findModel({ project }: Context, name: string, sources: ReadonlyMap<string, string>): Promise<ModelClass> {
  if (!sources.has(name)) {
    const near = findNearestName(name, sources.keys());
    refuse(
      `models.ts does not export a model "${name}".`,
      near === undefined
        ? `Make it first: gable make model ${name} title:text:200`
        : `Write ${near}, or make it first: gable make model ${name}`,
    );
  }
  const { isModel } = await import("gable/data");
  const models = Object.values(modelsOf(await project.loadApp())).filter(isModel);
  const found = models.find(({ $meta }) => $meta.name === name);
  return (
    found ??
    refuse(
      `The application does not have the model "${name}" of models.ts.`,
      'Pass all models to gable(): import * as models from "./models.ts".',
    )
  );
}

function printAll({ print, flags: { dryRun } }: Context, { lines, next }: MakePlan, { files, changed }: Written): void {
  for (const file of files) print(`${dryRun ? "Would write" : "Wrote"} ${file}`);
  for (const { file, line } of changed) print(`${dryRun ? "Would change" : "Changed"} ${file}\n  + ${line}`);
  for (const { file, line } of lines) print(`Add to ${file}\n  ${line}`);
  for (const command of next) print(`Then run: npx gable ${command}`);
}
