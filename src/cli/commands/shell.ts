/** `gable shell`: runs code with the application started: models, `app`, `sql`, `settings`. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { REPLServer } from "node:repl";
import { inspect } from "node:util";
import type { Application } from "gable";
import { GableError } from "gable";
import { isModel, sql, transaction } from "gable/data";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { findSettings } from "../project-settings.ts";

const flags = {
  eval: { type: "string", help: "Runs this code, prints its value, and ends" },
  file: { type: "string", help: "Runs the code of a file, and ends" },
  sandbox: { type: "boolean", help: "Runs in a transaction that is rolled back at the end" },
  queries: { type: "boolean", help: "Shows each statement that runs, with its time, on standard error" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Opens a prompt, or runs the given code. */
export const shell = builtIn({
  examples: ["shell", 'shell --eval "await Book.count()"', "shell --sandbox --queries"],
  flags,
  async run(context: Context) {
    const { flags: given, project, confirm } = context;
    if (given.eval !== undefined && given.file !== undefined)
      throw new GableError("E_COMMAND_USAGE", "--eval and --file are both given.", { fix: "Give one of them." });
    if (project.mode === "production" && !given.sandbox && !(await confirm("This is the database of production. Go on?")))
      throw new GableError("E_COMMAND_CONFIRM", "You stopped. Nothing was run.");
    return project.withApp(async (app) => {
      const rollBack = given.sandbox ? await app.database().isolate() : undefined;
      const hideQueries = given.queries ? showQueries(context) : undefined;
      try {
        const code = given.file === undefined ? given.eval : readFileSync(resolve(project.folder, given.file), "utf8");
        return code === undefined ? await openPrompt(context, app) : await evaluate(context, app, code);
      } finally {
        hideQueries?.();
        await rollBack?.();
      }
    });
  },
});

/** Writes each statement that runs from now on, without its values. Returns the function that ends it. */
function showQueries({ terminal }: Context): () => void {
  const show = (event: unknown): void => {
    const { sql: text, durationMs, error } = event as { sql: string; durationMs: number; error?: unknown }; // The event of this channel.
    terminal.writeError(`${text} (${durationMs.toFixed(1)} ms${error === undefined ? "" : ", failed"})\n`);
  };
  subscribe("gable.data.query", show);
  return () => void unsubscribe("gable.data.query", show);
}

/** What code can use by name. */
async function findNames(app: Application, project: Context["project"]): Promise<Readonly<Record<string, unknown>>> {
  const { models = {} } = app.describe();
  const settings = await findSettings(project);
  const named = Array.isArray(models) ? Object.fromEntries(models.filter(isModel).map((model) => [model.name, model])) : models;
  return { ...(settings !== undefined && { settings }), ...named, app, sql, transaction };
}

type AsyncFunction = (...values: unknown[]) => Promise<unknown>;
/** JavaScript has no global name for the constructor of async functions. */
const asyncFunction = (async () => undefined).constructor as new (...words: string[]) => AsyncFunction; // As said above.

async function evaluate({ print, project }: Context, app: Application, code: string): Promise<object> {
  const names = await findNames(app, project);
  const value: unknown = await compile(Object.keys(names), code)(...Object.values(names));
  if (value !== undefined) print(typeof value === "string" ? value : inspect(value, { depth: 4 }));
  return { value: toJsonValue(value) };
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
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch {
    return inspect(value);
  }
}

async function openPrompt({ terminal, project, print }: Context, app: Application): Promise<object> {
  if (!terminal.canAsk)
    throw new GableError("E_COMMAND_CONFIRM", "There is no terminal to type at.", {
      fix: 'Pass code: gable shell --eval "await Book.count()".',
    });
  const { start } = await import("node:repl");
  const names = await findNames(app, project);
  print(`Gable, ${project.mode}. Names: ${Object.keys(names).join(", ")}. Ctrl-D ends.`);
  const isProduction = project.mode === "production";
  const server: REPLServer = start({ prompt: isProduction ? "\u001b[41mproduction\u001b[0m> " : "gable> ", breakEvalOnSigint: true });
  Object.assign(server.context, names);
  await mkdir(join(project.folder, "var"), { recursive: true });
  server.setupHistory(join(project.folder, "var", "shell-history"), () => undefined);
  await new Promise((ended) => server.once("exit", ended));
  return {};
}
