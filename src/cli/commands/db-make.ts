/** `gable db make`: writes the next migration, and asks what only a person knows. */
import { GableError, isGableError } from "gable";
import type { Answers, MadeMigration, Question } from "gable/migrations";
import { checkMigrations, makeMigration, mergeMigrations } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { assertFolder, modelsOf } from "../open-database.ts";
import { addAnswer, askQuestion, toAnswers } from "../migration-answers.ts";

const flags = {
  check: { type: "boolean", help: "Writes nothing; exits with 1 when a migration is due" },
  dryRun: { type: "boolean", help: "Says what it would write, and writes nothing" },
  empty: { type: "boolean", help: "Writes a migration without changes, for steps of your own" },
  merge: { type: "boolean", help: "Joins two migrations that both are the last one" },
  rename: { type: "list", help: "Answers: a rename, as books.body:content" },
  notRename: { type: "list", help: "Answers: not a rename, in the same form" },
  default: { type: "list", help: "Answers: a value for existing rows, as books.isbn=VALUE" },
  shorten: { type: "list", help: "Answers: values may be refused when they are too long, as books.title" },
  recreate: { type: "list", help: "Answers: drop the column and add it again, as books.cover" },
  folder: { type: "string", help: "Folder of the migrations", default: "migrations" },
} as const;
const words = { name: { help: "What the migration is about", optional: true } } as const;
type Context = BuiltInContext<typeof words, typeof flags>;

/** The command. */
export const dbMake = builtIn({
  examples: ["db make", "db make book_isbn --default books.isbn=", "db make --dry-run", "db make --check"],
  arguments: words,
  flags,
  async run(context: Context) {
    const { flags: given, arguments: named, print, project } = context;
    const models = modelsOf(await project.loadApp());
    const isDry = given.dryRun;
    const options = { models, folder: given.folder, isDry, ...(named.name !== undefined && { name: named.name }) };
    if (given.check) return check(context, options);
    const made = given.merge ? await mergeMigrations({ folder: given.folder, isDry }) : await make(context, options);
    if (made === undefined) {
      print("The models match the migrations. There is nothing to write.");
      return { made: null };
    }
    print(`${isDry ? "Would write" : "Wrote"} ${project.toShown(made.path)}`);
    for (const change of made.changes) print(`  ${change}`);
    if (!isDry) print("Run it with `npx gable db migrate`.");
    return { made: { name: made.name, path: project.toShown(made.path), changes: made.changes }, isDry };
  },
});

type MakeWhat = Pick<Parameters<typeof makeMigration>[0], "models" | "folder" | "name" | "isDry">;

async function check({ report, print }: Context, { models, folder }: MakeWhat): Promise<object> {
  assertFolder("folder", folder);
  const problems = await checkMigrations({ models, folder });
  for (const { text } of problems) report({ id: "migrations.drift", message: text });
  if (problems.length === 0) print("The models match the migrations.");
  return { due: problems.length > 0 };
}

/** Tries again with each answer until no question is open. */
async function make(context: Context, options: MakeWhat): Promise<MadeMigration | undefined> {
  const { flags: given, terminal, common } = context;
  let answers: Answers = toAnswers(options.models, given);
  for (;;) {
    try {
      return await makeMigration({ ...options, answers, isEmpty: given.empty });
    } catch (error) {
      const question = firstQuestion(error);
      if (question === undefined) throw error;
      if (!terminal.canAsk || common.json || common.yes) throw withFlags(error);
      answers = addAnswer(options.models, answers, [question, await askQuestion(question)]);
    }
  }
}

function firstQuestion(error: unknown): Question | undefined {
  if (!isGableError(error) || error.code !== "E_MIGRATION_QUESTION") return undefined;
  return (error.details["questions"] as readonly Question[])[0]; // What makeMigration() says of its error.
}

/** Where nobody can answer, the flags of all questions are the way out. */
function withFlags(error: unknown): unknown {
  if (!isGableError(error)) return error;
  const questions = error.details["questions"] as readonly Question[]; // As above.
  const lines = questions.map(({ text, flags: ways }) => `  ${text}\n    ${ways.join("\n    ")}`);
  return new GableError("E_MIGRATION_QUESTION", `Only you can answer ${questions.length === 1 ? "this" : "these"}:\n${lines.join("\n")}`, {
    fix: "Run the command again with one of the flags for each question.",
    details: error.details,
  });
}
