/** Turns errors of a database into errors with codes, and into messages for fields. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect, Refusal } from "../sql/dialect.ts";
import { keepNearestName, readMissingName } from "./missing-name.ts";
import { dateOutOfRange } from "../schema/zones.ts";
import type { Eventual } from "../schema/eventual.ts";
import type { DatabaseCore } from "./database-core.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import type { ModelErrors } from "../schema/validate-row.ts";
import { toConstraintName } from "../schema/names.ts";

/** Converts an error of the database; returns others unchanged. The original error becomes the cause. */
export function readDatabaseError(dialect: Dialect, error: unknown): unknown {
  if (error instanceof Error && !(error instanceof GableError)) hideValues(error);
  const refusal = dialect.readRefusal(error);
  if (refusal === undefined) return error;
  const { kind, constraint, columns } = refusal;
  const details = { kind, constraint, columns };
  switch (kind) {
    case "conflict":
      return new GableError("E_TRANSACTION_CONFLICT", "The transaction conflicts with another one.", { cause: error, details });
    case "lock":
      return new GableError("E_LOCK_TIMEOUT", "Another transaction held a lock for too long.", { cause: error, details });
    case "timeout":
      return new GableError("E_STATEMENT_TIMEOUT", "A statement took too long and was cancelled.", { cause: error, details });
    case "joined":
      return new GableError("E_TEXT_TOO_LONG", "stringAggregate() joined more than the database can send as one string.", {
        cause: error,
        fix: "Join fewer rows, or raise max_allowed_packet of the server.",
      });
    case "date":
      return dateOutOfRange(error);
    case "connection":
      return new GableError("E_DATABASE_GONE", "The database cannot be reached.", { cause: error, details });
    default:
      return refusedValue(error, details);
  }
}

/** A computed number that is out of range belongs to no column. */
function refusedValue(
  cause: unknown,
  details: { kind: Refusal["kind"]; constraint: string | undefined; columns: readonly string[] },
): GableError {
  const { kind, constraint, columns } = details;
  const rule =
    kind === "range" && columns.length === 0 ? "a computed number is out of range" : `${kind} ${constraint ?? columns.join(", ")}`;
  return new GableError("E_CONSTRAINT", `The database refused a value: ${rule.trim()}.`, { cause, details });
}

/**
 * Converts an error like `readDatabaseError()`. A missing table of a model is `E_MIGRATION_PENDING`, and so is a missing table or column in
 * a database with pending migrations.
 */
export function explainError(database: DatabaseCore, error: unknown): unknown {
  const { dialect, pending, models } = database;
  const missing = error instanceof Error ? readMissingName(error.message) : undefined;
  if (missing !== undefined) keepNearestName(error as Error, missing, models); // Only an error has a name.
  const read = readDatabaseError(dialect, error);
  if (missing === undefined || missing.kind === "function") return read;
  if (pending === undefined) return missing.kind === "table" ? findUnmigrated(database, missing.name, read) : read;
  const { code, message, fix, details } = pending;
  return new GableError(code, message, { fix, details, cause: read });
}

function findUnmigrated({ models, name }: DatabaseCore, table: string, cause: unknown): unknown {
  const model = [...models].find(({ $table }) => $table === table);
  if (model === undefined) return cause;
  return new GableError("E_MIGRATION_PENDING", `The database "${name}" has no table "${table}", which ${model.$meta.name} needs.`, {
    fix: "Run npx gable db migrate. In an empty database of a test or a small program, call createTables().",
    details: { table },
    cause,
  });
}

/** Values in the messages of PostgreSQL, MariaDB and MySQL, with the words before them. */
const shownValues = [
  /^(Duplicate entry )'.*'(?= for key )/s,
  /^(Incorrect [\w ]+value: )'.*'(?= for (?:column|function) )/s,
  /^(invalid input (?:syntax|value)[^:]*: )".*"/s,
] as const;

/** Removes values from the error of a driver: logs show its message and details, and a value may be secret. */
function hideValues(error: Error & { detail?: unknown; sqlMessage?: unknown }): void {
  const { message, detail } = error;
  const hidden = shownValues.reduce((text, pattern) => text.replace(pattern, "$1'...'"), message);
  if (hidden !== message) {
    const { stack } = error;
    error.message = hidden;
    if (stack !== undefined) error.stack = stack.replace(message, () => hidden);
    if (error.sqlMessage !== undefined) error.sqlMessage = hidden;
  }
  // PostgreSQL: "Key (token)=(value) already exists." and "Failing row contains (1, value)."
  if (typeof detail === "string") error.detail = detail.replace(/(\)=|contains )\(.*\)/s, "$1(...)");
}

/** Why the database rejected a value, for programs: the kind of constraint, and its name. */
export interface RefusedRule {
  readonly kind: Refusal["kind"];
  readonly constraint: string | undefined;
}

/** Stable codes of rejections, so that an API can tell a taken key (409) from an invalid value (422). */
const issueCodes: Readonly<Partial<Record<Refusal["kind"], string>>> = {
  unique: "unique",
  foreignKey: "foreign_key",
  check: "check",
  notNull: "required",
  tooLong: "too_long",
  range: "out_of_range",
};

/**
 * Returns the error about values that cannot be stored, by field. `$model` is about the whole row. The messages are for people; for
 * programs, `details.issues` has the field, code and constraint of each rejection by the database.
 */
export function validationError(model: string, errors: ModelErrors, cause?: unknown, rule?: RefusedRule): GableError {
  const list = Object.entries(errors).map(([name, messages]) => `${name}: ${messages.join(" ")}`);
  const details = rule === undefined ? { errors } : { errors, ...rule, issues: toIssues(errors, rule) };
  return new GableError("E_VALIDATION", `${model} cannot be stored: ${list.join("; ")}`, { details, cause });
}

function toIssues(errors: ModelErrors, { kind, constraint }: RefusedRule): object[] {
  return Object.keys(errors).map((field) => ({ field, code: issueCodes[kind] ?? "invalid", constraint }));
}

/** Names the row of a list that cannot be stored: `details.row` is its index. */
function toRowError(error: unknown, row: number): unknown {
  if (!(error instanceof GableError)) return error;
  const { code, details, cause, status, fix, expose } = error;
  return new GableError(code, `Row ${row} (counted from 0): ${error.message}`, {
    details: { ...details, row },
    cause,
    status,
    fix,
    expose,
  });
}

/** Rows of a list, whose errors name their index in it. */
export interface ListedRows {
  /** How many rows the list has: an error about the only one needs no index. */
  readonly size: number;
  /** Returns the index of a row in the list, by its index among these rows. */
  readonly indexOf: (place: number) => number;
}

/** Runs work for the row of a list; its error names the row. Synchronous unless the work waits. */
export function forRow<Result>({ size, indexOf }: ListedRows, place: number, work: () => Eventual<Result>): Eventual<Result> {
  const refuse = (error: unknown): never => {
    throw size > 1 ? toRowError(error, indexOf(place)) : error;
  };
  try {
    const result = work();
    return result instanceof Promise ? result.catch(refuse) : result;
  } catch (error) {
    return refuse(error);
  }
}

/** Converts a rejection to messages for the fields of a model; returns the error itself if it is not about them. */
export function toFieldError(meta: ModelMeta, error: unknown): unknown {
  if (!(error instanceof GableError) || error.code !== "E_CONSTRAINT") return error;
  const { kind, constraint, columns = [] } = error.details as unknown as Refusal; // As readDatabaseError() made it.
  const fields = columns.map((column) => fieldOf(meta, column));
  const errors = readErrors(meta, { kind, constraint, columns }, fields);
  return validationError(meta.name, errors, error.cause, { kind, constraint });
}

function fieldOf(meta: ModelMeta, column: string): string {
  for (const field of meta.fields.values()) if (field.column === column) return field.relation ?? field.name;
  return "$model";
}

function readErrors(meta: ModelMeta, { kind, constraint, columns }: Refusal, fields: readonly string[]): ModelErrors {
  if (kind === "unique") return uniqueErrors(meta, constraint, columns, fields);
  if (kind === "foreignKey") return foreignErrors(meta, constraint);
  if (kind === "check") {
    const field = [...meta.fields.values()].find(({ column }) => toConstraintName(meta.table, column, "check") === constraint);
    return { [field?.name ?? "$model"]: [field === undefined ? "These values are not allowed." : "This value is not allowed."] };
  }
  const message = kind === "notNull" ? "This is needed." : kind === "tooLong" ? "This is too long." : "This number is out of range.";
  return { [fields[0] ?? "$model"]: [message] };
}

function uniqueErrors(meta: ModelMeta, constraint: string | undefined, columns: readonly string[], fields: readonly string[]): ModelErrors {
  const columnsOf = (names: readonly string[]): string => names.map((name) => meta.fields.get(name)!.column).join();
  const keys = [...meta.uniques, ...meta.indexes.filter(({ isUnique }) => isUnique)];
  const key = keys.find((each) => each.name === constraint || (columns.length > 0 && columnsOf(each.fields) === columns.join()));
  if (key === undefined) return { [fields[0] ?? meta.primary[0] ?? "$model"]: ["A row with this key already exists."] };
  const named = key.fields.map((name) => meta.fields.get(name)!).map((field) => field.relation ?? field.name);
  return Object.fromEntries(named.map((name) => [name, [key.message]]));
}

function foreignErrors(meta: ModelMeta, constraint: string | undefined): ModelErrors {
  const relations = [...meta.relations.values()].filter(({ kind }) => kind === "belongsTo");
  const named = relations.find(({ name }) => toConstraintName(meta.table, name, "foreign") === constraint);
  // SQLite does not say which one; with only one relation it is clear.
  const found = named ?? (relations.length === 1 ? relations[0] : undefined);
  return { [found?.name ?? "$model"]: ["This row does not exist."] };
}

/** A rejected delete is about rows of other models: `E_DELETE_RESTRICTED`. */
export function toDeleteError(meta: ModelMeta, error: unknown): unknown {
  if (!(error instanceof GableError) || error.code !== "E_CONSTRAINT" || error.details["kind"] !== "foreignKey") return error;
  return new GableError("E_DELETE_RESTRICTED", `This ${meta.label} is still in use.`, { cause: error.cause });
}

/** A rejected commit is about a deferred key of one of the models. */
export function toCommitError(models: Iterable<{ readonly $meta: ModelMeta }>, error: unknown): unknown {
  if (!(error instanceof GableError) || error.code !== "E_CONSTRAINT") return error;
  for (const { $meta: meta } of models)
    if (meta.uniques.some(({ name }) => name === error.details["constraint"])) return toFieldError(meta, error);
  return error;
}
