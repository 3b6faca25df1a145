/** `gable shell`: runs code with the application started: models, `app`, `sql`, `settings`. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";
import type { Application } from "gable";
import { GableError } from "gable";
import type { Account } from "gable/auth";
import { isModel, sql, transaction } from "gable/data";
import { toErrorText } from "../../errors/error-text.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { replaceForJson } from "../json-output.ts";
import { findSettings } from "../project-settings.ts";
import { ActingUser } from "../shell/acting-user.ts";
import { guardWrites } from "../shell/guard-writes.ts";
import { readHandedOn, runAgain } from "../shell/next-process.ts";
import type { PromptEnd } from "../shell/prompt.ts";
import { askBetween, runPrompt, toBanner } from "../shell/prompt.ts";

const flags = {
  eval: { type: "string", help: "Runs this code, prints its value, and ends" },
  file: { type: "string", help: "Runs the code of a file, and ends" },
  sandbox: { type: "boolean", help: "Runs in a transaction that is rolled back at the end" },
  readOnly: { type: "boolean", help: "Refuses every write to the databases" },
  as: { type: "string", help: "Works as the user with this e-mail address or user name" },
  queries: { type: "boolean", help: "Shows each statement that runs, with its time, on standard error" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Opens a prompt, or runs the given code. */
export const shell = builtIn({
  examples: [
    "shell",
    'shell --eval "await Book.count()"',
    "shell --sandbox --queries",
    "shell --mode production --read-only",
    `shell --as ann@example.com --eval "(await request('/account')).status"`,
  ],
  flags,
  async run(context: Context) {
    const { flags: given, project, terminal, print } = context;
    if (given.eval !== undefined && given.file !== undefined)
      throw new GableError("E_COMMAND_USAGE", "--eval and --file are both given.", { fix: "Give one of them." });
    const code = given.file === undefined ? given.eval : readCode(resolve(project.folder, given.file), given.file);
    if (code !== undefined) return project.withApp((app) => evaluate(context, app, code));
    if (!terminal.canAsk)
      throw new GableError("E_COMMAND_CONFIRM", "gable shell needs a terminal.", {
        fix: 'Pass code: gable shell --eval "await Book.count()".',
      });
    const { handedOn, lost } = await project.withApp((app) => prompt(context, app));
    if (handedOn === undefined) return {};
    const kept = Object.keys(handedOn).filter((name) => name !== userKey);
    print(
      `Loading the application again.${kept.length === 0 ? "" : ` Kept: ${kept.join(", ")}.`}${lost.length === 0 ? "" : ` Not kept: ${lost.join(", ")}.`}`,
    );
    process.exitCode = await runAgain(handedOn);
    return {};
  },
});

/** Reads the file of `--file`. */
function readCode(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new GableError("E_COMMAND_USAGE", `--file ${shown} cannot be read: ${toErrorText(error)}.`, {
      fix: "Name a file with code.",
      cause: error,
    });
  }
}

/** What the prompt calls an account, and finds it by. */
function nameOf({ username, email }: Account): string {
  return username ?? String(email);
}

/** The name of the user, among what is handed on. */
const userKey = "gable:user";

/** Runs work with the rules of the flags, and as the user of `--as` or of the prompt before. */
async function withRules<Result>(
  { flags: given, project, confirm, common }: Context,
  app: Application,
  { ask = confirm, name = given["as"] }: { readonly ask?: (question: string) => Promise<boolean>; readonly name?: string | undefined },
  work: (acting: ActingUser) => Promise<Result>,
): Promise<Result> {
  const question = "This writes to the production database. Go on?";
  const end = await guardWrites(app, {
    isSandbox: given.sandbox,
    isReadOnly: given.readOnly,
    ask: project.mode === "production" && !common.yes ? () => ask(question) : undefined,
  });
  try {
    const acting = new ActingUser(app);
    if (name !== undefined) await acting.as(name);
    return await work(acting);
  } finally {
    await end();
  }
}

/** Writes each statement that runs from now on, without its values. Returns the function that ends it. */
function showQueries({ terminal, flags: { queries } }: Context): () => void {
  if (!queries) return () => undefined;
  const show = (event: unknown): void => {
    const { sql: text, durationMs, error } = event as { sql: string; durationMs: number; error?: unknown }; // The event of this channel.
    terminal.writeError(`${text} (${durationMs.toFixed(1)} ms${error === undefined ? "" : ", failed"})\n`);
  };
  subscribe("gable.data.query", show);
  return () => void unsubscribe("gable.data.query", show);
}

/** What code can use by name. */
async function findNames(app: Application, project: Context["project"], acting: ActingUser): Promise<Readonly<Record<string, unknown>>> {
  const { models = {} } = app.describe();
  const settings = await findSettings(project);
  const named = Array.isArray(models) ? Object.fromEntries(models.filter(isModel).map((model) => [model.name, model])) : models;
  const as: ActingUser["as"] = (user, work) => acting.as(user, work);
  const request: ActingUser["request"] = (path, init) => acting.request(path, init);
  return { ...(settings !== undefined && { settings }), ...named, app, sql, transaction, as, request };
}

type AsyncFunction = (...values: unknown[]) => Promise<unknown>;
/** JavaScript has no global name for the constructor of async functions. */
const asyncFunction = (async () => undefined).constructor as new (...words: string[]) => AsyncFunction; // As said above.

async function evaluate(context: Context, app: Application, code: string): Promise<object> {
  const { print, project } = context;
  return withRules(context, app, {}, async (acting) => {
    const names = { ...(await findNames(app, project, acting)), reload };
    const hideQueries = showQueries(context);
    try {
      const value: unknown = await compile(Object.keys(names), code)(...Object.values(names));
      if (value !== undefined) print(typeof value === "string" ? value : inspect(value, { depth: 4 }));
      return { value: toJsonValue(value) };
    } finally {
      hideQueries();
    }
  });
}

/** Each run of `--eval` and `--file` loads the application. */
function reload(): never {
  throw new GableError("E_COMMAND_USAGE", "reload() works only at the prompt.", {
    fix: "Leave it out: this run has loaded the newest modules.",
  });
}

/** An expression gives its value; statements give what they return. */
function compile(names: readonly string[], code: string): AsyncFunction {
  try {
    return new asyncFunction(...names, `return (${code.trim().replace(/;$/, "")}\n);`);
  } catch {
    return new asyncFunction(...names, code);
  }
}

/** What JSON cannot hold is shown as text. */
function toJsonValue(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, replaceForJson) ?? "null");
  } catch {
    return inspect(value);
  }
}

/** Opens a prompt, and waits for its end. */
async function prompt(context: Context, app: Application): Promise<PromptEnd> {
  const { project, print, flags: given } = context;
  const { [userKey]: before, ...handedOn } = await readHandedOn();
  const rules = {
    ask: (question: string) => askBetween(() => context.confirm(question)),
    name: typeof before === "string" ? before : given["as"],
  };
  return withRules(context, app, rules, async (acting) => {
    const names = await findNames(app, project, acting);
    const isProduction = project.mode === "production";
    if (isProduction) print(toBanner(describeRules(given)));
    print(`Gable, ${project.mode}. Names: ${[...Object.keys(names), "reload"].join(", ")}. Ctrl-D ends.`);
    if (acting.user !== null) print(`Working as ${nameOf(acting.user)}.`);
    const hideQueries = showQueries(context);
    try {
      const ended = await runPrompt({ folder: project.folder, isProduction, names, handedOn });
      const user = acting.user === null ? {} : { [userKey]: nameOf(acting.user) };
      return { ...ended, handedOn: ended.handedOn && { ...ended.handedOn, ...user } };
    } finally {
      hideQueries();
    }
  });
}

function describeRules({ readOnly, sandbox }: Context["flags"]): string {
  if (readOnly) return "Every write is refused.";
  return sandbox ? "Everything is rolled back at the end." : "The first write asks for confirmation.";
}
