/** Finds the code of data steps in migration files, so that it can be copied into another file. */
import { Script } from "node:vm";
import { GableError } from "../../../errors/gable-error.ts";
import type { DataStep } from "../state/data-step.ts";
import type { Operation } from "../state/operation.ts";
import type { NamedMigration } from "./read-files.ts";

/** The functions of a data step as members of an object. */
export interface StepCode {
  /** `up: async ({ rows }) => { ... }`. */
  readonly up: string;
  /** The same for `down`; undefined if the step has none. */
  readonly down: string | undefined;
}

/** Returns the code of data steps. Throws `E_MIGRATION_OPERATION` if one needs more than its own text. */
export function readStepCodes(migrations: readonly NamedMigration[], operations: readonly Operation[]): ReadonlyMap<DataStep, StepCode> {
  const wanted = new Set(operations.flatMap(stepsOf));
  const codes = new Map<DataStep, StepCode>();
  for (const migration of migrations) {
    const steps = migration.operations.flatMap(stepsOf);
    const kept = steps.filter((step) => wanted.has(step));
    if (kept.length === 0) continue;
    assertSelfContained(migration, steps);
    for (const step of kept) codes.set(step, toCode(migration, step));
  }
  return codes;
}

function stepsOf(operation: Operation): DataStep[] {
  if (operation.kind === "run") return [operation.step];
  if (operation.kind === "assured") return stepsOf(operation.operation);
  return operation.kind === "databaseOnly" ? operation.operations.flatMap(stepsOf) : [];
}

function toCode({ name, source }: NamedMigration, step: DataStep): StepCode {
  if (step.where !== undefined && !isPlain(step.where))
    throw notCopied(step.name, name, "its filter has values that are not plain data", "Filter in the step itself");
  const member = (key: "up" | "down"): string => {
    const value = step[key];
    return typeof value === "function" ? writeMember(key, value, source) : `${key}: ${JSON.stringify(value)}`;
  };
  return { up: member("up"), down: step.down === undefined ? undefined : member("down") };
}

/** Returns whether JSON has the whole value. */
function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return value === null || typeof value === "string" || typeof value === "boolean";
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isPlain);
}

function writeMember(key: string, value: (...parts: never[]) => unknown, source: string): string {
  const text = String(value);
  const original = source.slice(...findSpan(source, text)) || text;
  return compiles(`(${text})`) ? `${key}: ${original}` : original;
}

/** Finds a function in the source of its file. Its text has spaces in place of types, which Node has removed. Returns [0, 0] if it is not found. */
function findSpan(source: string, text: string): readonly [start: number, end: number] {
  const exact = source.indexOf(text);
  if (exact !== -1) return [exact, exact + text.length];
  for (let start = 0; start + text.length <= source.length; start++) {
    let length = 0;
    while (length < text.length && (text[length] === " " || text[length] === source[start + length])) length++;
    if (length === text.length) return [start, start + length];
  }
  return [0, 0];
}

function compiles(code: string): boolean {
  try {
    return new Script(code) instanceof Script;
  } catch {
    return false;
  }
}

const gap = String.raw`(?:\s|//[^\n]*\n|/\*[^]*?\*/)*`;
/** The start of a file that has one migration only. */
const onlyMigration = new RegExp(
  `^${gap}import\\s*\\{\\s*(?:migration|op)\\s*(?:,\\s*(?:migration|op)\\s*)?,?\\s*\\}\\s*from\\s*["']gable/migrations["']\\s*;?${gap}export\\s+default\\s+(?=migration\\()`,
);

/** Throws if a file has more than its migration: the functions may use the rest. */
function assertSelfContained({ name, source }: NamedMigration, steps: readonly DataStep[]): void {
  let rest = source.replace(onlyMigration, "");
  const isOnly = rest !== source;
  for (const value of steps.flatMap(({ up, down }) => [up, down])) {
    if (typeof value !== "function") continue;
    const text = String(value);
    const [start, end] = findSpan(rest, text);
    rest = `${rest.slice(0, start)}${compiles(`(${text})`) ? "0" : "done: 0"}${rest.slice(end)}`;
  }
  // Without its functions, what is left is plain data.
  if (isOnly && compiles(`(${rest.trim().replace(/;$/, "")}\n)`)) return;
  throw notCopied(steps[0]!.name, name, "its file has more than the migration, which the step may use", "Move that into the step");
}

function notCopied(step: string, migration: string, why: string, what: string): GableError {
  return new GableError("E_MIGRATION_OPERATION", `The data step "${step}" of "${migration}" cannot be copied: ${why}.`, {
    fix: `${what}, or mark it as elidable if new databases do without it.`,
  });
}
