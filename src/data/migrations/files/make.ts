/** Generates migrations: writes the changes from the existing migration files to the models as the next file. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertKnownOptions, optionInvalid } from "../../../errors/option-errors.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { isModel } from "../../model.ts";
import { assertModels } from "../../schema/definitions.ts";
import type { ModelClass } from "../../schema/model-class.ts";
import { toSnakeCase } from "../../schema/names.ts";
import { replay } from "../state/apply.ts";
import { diffStates } from "../state/diff.ts";
import { describeOperation } from "../state/inverse.ts";
import { describeModels } from "../../sql/model-state.ts";
import type { Migration, Operation } from "../state/operation.ts";
import { migration } from "../state/operation.ts";
import type { Answers, Question, RenameHints } from "../state/question.ts";
import type { NamedMigration } from "./read-files.ts";
import { findHeads, readMigrations } from "./read-files.ts";
import { hashState } from "../state/table-data.ts";
import { mayMerge } from "./touches.ts";
import { writeMigration } from "./write-file.ts";

/** Options for making a migration. */
export interface MakeOptions {
  /** The models: a list, or a module that exports them. */
  readonly models: readonly object[] | Readonly<Record<string, unknown>>;
  /** Folder of the files. It is created if it is missing. */
  readonly folder: string;
  /** What the migration is about, for the name of the file. Derived from the changes by default. */
  readonly name?: string;
  /** Answers to questions. None by default. */
  readonly answers?: Answers;
  /** Whether to write a file although nothing has changed, for your own steps. Default false. */
  readonly isEmpty?: boolean;
  /** Time in the name of the file. By default now. */
  readonly now?: Date;
  /** Returns what it would write, and writes nothing. Default false. */
  readonly isDry?: boolean;
}

/** A migration that was written. */
export interface MadeMigration {
  /** Name of the migration. */
  readonly name: string;
  /** Path of the file. */
  readonly path: string;
  /** What it does, a sentence for each operation. */
  readonly changes: readonly string[];
}

/**
 * Writes the next migration; returns undefined if nothing has changed. Throws `E_MIGRATION_QUESTION` with the open
 * questions in its details, `E_MIGRATION_HEADS` if there are several last migrations, and
 * `E_MIGRATION_ANSWER`.
 */
export async function makeMigration(options: MakeOptions): Promise<MadeMigration | undefined> {
  assertKnownOptions("makeMigration()", options, {
    models: "entries",
    folder: true,
    name: "string",
    answers: "object",
    isEmpty: "boolean",
    now: "date",
    isDry: "boolean",
  });
  const { folder, answers = {}, isEmpty = false, isDry = false } = options;
  const models = readModels(options.models);
  const migrations = await readMigrations(folder);
  const heads = findHeads(migrations);
  if (heads.length > 1) throw severalHeads(heads);
  const from = replay(migrations);
  const to = describeModels(models);
  const { operations, questions, unused } = diffStates(from, to, answers, readHints(models));
  if (questions.length > 0) throw openQuestions(questions);
  if (unused[0] !== undefined) throw unusedAnswer(unused[0]);
  if (operations.length === 0 && !isEmpty) return undefined;
  const made = migration({ after: heads.map(({ name }) => name), schema: hashState(to), ops: operations });
  const name = nameFile(
    options.name ?? (migrations.length === 0 ? "initial" : summarise(operations)),
    options.now ?? new Date(),
    migrations,
  );
  return write({ folder, isDry }, name, made);
}

function readModels(models: MakeOptions["models"]): ModelClass[] {
  const list: readonly unknown[] = Array.isArray(models) ? models : Object.values(models).filter((value) => isModel(value));
  const read = [...new Set(list)].map((model) => {
    if (isModel(model)) return model;
    throw optionInvalid("makeMigration()", "models", model, "a list of model classes, or a module that exports them");
  });
  assertModels(read);
  return read;
}

/** Returns the old names of columns that models declare: `was: "body"`. */
function readHints(models: readonly ModelClass[]): RenameHints {
  const hints = new Map<string, string>();
  for (const { $table: table, $meta: meta } of models)
    for (const { column, options } of meta.fields.values())
      if (options.was !== undefined) hints.set(`${table}.${column}`, toSnakeCase(options.was));
  return hints;
}

function openQuestions(questions: readonly Question[]): GableError {
  const list = questions.map(({ text, flags }) => `${text} ${flags.join(" or ")}`);
  return new GableError("E_MIGRATION_QUESTION", `The migration needs answers:\n${list.join("\n")}`, {
    fix: `Give ${questions.length === 1 ? "one of the flags" : "a flag for each"}: ${questions.map(({ flags }) => flags[0]).join(" ")}`,
    details: { questions },
  });
}

/** An answer without a question may be misspelt. */
function unusedAnswer(subject: string): GableError {
  return new GableError("E_MIGRATION_ANSWER", `The answer for "${subject}" does not match any change of the models that needs one.`, {
    fix: "Correct the table and the column, or leave it out.",
  });
}

function severalHeads(heads: readonly NamedMigration[]): GableError {
  return new GableError(
    "E_MIGRATION_HEADS",
    `Several migrations claim to be the last: ${heads.map(({ name }) => `"${name}"`).join(", ")}.`,
    {
      details: { heads: heads.map(({ name }) => name) },
    },
  );
}

/** Summarizes a migration in a few words. */
function summarise(operations: readonly Operation[]): string {
  const [first] = operations;
  const subjectOf = (operation: Operation): string[] =>
    "table" in operation ? [operation.table] : "view" in operation ? [operation.view] : [];
  if (operations.length === 1 && first !== undefined && "table" in first)
    return "name" in first && first.kind !== "renameColumn" ? `${first.table}_${first.name}` : first.table;
  return [...new Set(operations.flatMap(subjectOf))].slice(0, 3).join("_") || "empty";
}

/** Returns a name that sorts after the others and that no other file has. */
export function nameFile(about: string, now: Date, migrations: readonly NamedMigration[]): string {
  const slug =
    toSnakeCase(about)
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 60) || "migration";
  const [, date, time] = /^(.{10})T(.{5})/.exec(now.toISOString())!;
  const name = `${date!.replaceAll("-", "")}_${time!.replace(":", "")}_${slug}`;
  const taken = new Set(migrations.map((each) => each.name));
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}

async function write(
  { folder, isDry }: { readonly folder: string; readonly isDry: boolean },
  name: string,
  made: Migration,
): Promise<MadeMigration> {
  const path = join(folder, `${name}.ts`);
  const source = writeMigration(made);
  if (!isDry) await mkdir(folder, { recursive: true });
  // "wx" never overwrites an existing file.
  if (!isDry) await writeFile(path, source, { flag: "wx" });
  return { name, path, changes: made.operations.map(describeOperation) };
}

/** A problem with the files of migrations. */
export interface MigrationProblem {
  /** Several last migrations ("heads"), models that have changed ("due"), or a file that does not lead to its hash ("schema"). */
  readonly kind: "heads" | "due" | "schema";
  /** What the problem is, and how to fix it. */
  readonly text: string;
}

/**
 * Returns the problems of a migration folder. Examples are several last migrations, models that differ from the result of
 * the migrations, and a hash that does not match.
 */
export async function checkMigrations(options: Pick<MakeOptions, "models" | "folder">): Promise<MigrationProblem[]> {
  const models = readModels(options.models);
  const migrations = await readMigrations(options.folder);
  const heads = findHeads(migrations);
  if (heads.length > 1) return [{ kind: "heads", text: severalHeads(heads).message }];
  const [from, to] = [replay(migrations), describeModels(models)];
  const { operations, questions } = diffStates(from, to, {}, readHints(models));
  const due = [...operations.map(describeOperation), ...questions.map(({ text }) => text)];
  if (due.length > 0) return [{ kind: "due", text: `The models have changed since the last migration: ${due.join("; ")}.` }];
  const [head] = heads;
  if (head === undefined || head.schema === hashState(from)) return [];
  return [{ kind: "schema", text: `The migration "${head.name}" has the schema hash ${head.schema}, but leads to ${hashState(from)}.` }];
}

/**
 * Writes a migration that joins all last migrations, if they touch different things. Returns undefined if there is
 * only one. Throws `E_MIGRATION_HEADS` if they touch the same object.
 */
export async function mergeMigrations({
  folder,
  now = new Date(),
  isDry = false,
}: Pick<MakeOptions, "folder" | "now" | "isDry">): Promise<MadeMigration | undefined> {
  const migrations = await readMigrations(folder);
  const heads = findHeads(migrations);
  if (heads.length < 2) return undefined;
  const shared = mayMerge(migrations, heads);
  if (shared !== undefined)
    throw new GableError("E_MIGRATION_HEADS", `"${shared.one}" and "${shared.other}" both change ${shared.object}.`, {
      fix: "Rewrite one of them so that it comes after the other.",
    });
  const after = heads.map(({ name }) => name);
  const made = migration({ after, schema: hashState(replay(migrations)), ops: [] });
  return write({ folder, isDry }, nameFile("merge", now, migrations), made);
}
