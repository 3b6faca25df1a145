/** Writes migration files in the style that a person would use. */
import { GableError } from "../../../errors/gable-error.ts";
import type { DataStep } from "../state/data-step.ts";
import type { Migration, Operation, OperationOf } from "../state/operation.ts";
import type { StepCode } from "./step-code.ts";

/**
 * Returns the source of a migration file. `codes` has the functions of data steps as code; without them, a data step throws
 * `E_MIGRATION_OPERATION`.
 */
export function writeMigration(
  { after, schema, operations, phase, replaces }: Migration,
  codes: ReadonlyMap<DataStep, StepCode> = new Map(),
): string {
  const lines = operations.map((operation) => `    ${writeOperation(operation, codes)},\n`).join("");
  return [
    'import { migration, op } from "gable/migrations";\n\n',
    "export default migration({\n",
    `  after: ${writeValue(after, 2, 9)},\n`,
    `  schema: ${JSON.stringify(schema)},\n`,
    phase === "before-deploy" ? "" : `  phase: ${JSON.stringify(phase)},\n`,
    replaces.length === 0 ? "" : `  replaces: ${writeValue(replaces, 2, 12)},\n`,
    lines === "" ? "  ops: [],\n" : `  ops: [\n${lines}  ],\n`,
    "});\n",
  ].join("");
}

type StepCodes = ReadonlyMap<DataStep, StepCode>;

/** Returns an operation as code. */
function writeOperation(operation: Operation, codes: StepCodes): string {
  const call = (name: string, ...parts: readonly unknown[]): string => {
    const given = parts.filter((part) => part !== undefined);
    const line = given.map((part) => writeInline(part)).join(", ");
    if (4 + name.length + line.length + 6 <= lineMax) return `op.${name}(${line})`;
    // The last argument is split into lines, and so are long arguments before it.
    const early = given.slice(0, -1).map((part) => writeValue(part, 4, 60));
    return `op.${name}(${[...early, writeValue(given.at(-1), 4, lineMax)].join(", ")})`;
  };
  switch (operation.kind) {
    case "createTable":
      return call("createTable", operation.table, operation.data);
    case "dropTable":
      return call("dropTable", operation.table);
    case "renameTable":
      return call("renameTable", operation.table, operation.to);
    case "addColumn":
      return call("addColumn", operation.table, operation.name, operation.column, optional({ fill: operation.fill }));
    case "dropColumn":
      return call("dropColumn", operation.table, operation.name, optional({ fill: operation.fill }));
    case "dropIndex":
    case "dropConstraint":
    case "validateConstraint":
      return call(operation.kind, operation.table, operation.name);
    case "renameColumn":
    case "renameIndex":
    case "renameConstraint":
      return call(operation.kind, operation.table, operation.name, operation.to);
    case "alterColumn":
      return call(
        "alterColumn",
        operation.table,
        operation.name,
        operation.column,
        optional({ from: operation.from, fill: operation.fill }),
      );
    case "alterPrimary":
    case "setSearch":
      return call(operation.kind, operation.table, operation.columns);
    case "addIndex":
    case "addUnique": {
      const { columns, ...options } = operation.key;
      return call(operation.kind, operation.table, operation.name, columns, optional(options));
    }
    case "addCheck":
      return call("addCheck", operation.table, operation.name, operation.condition);
    case "addForeignKey": {
      const { columns, ...to } = operation.foreignKey;
      return call("addForeignKey", operation.table, operation.name, columns, to);
    }
    default:
      return writeRare(operation, call, codes);
  }
}

type Rare = OperationOf<
  "createView" | "dropView" | "setComment" | "createExtension" | "sql" | "run" | "stateOnly" | "databaseOnly" | "assured"
>;

function writeRare(operation: Rare, call: (name: string, ...parts: readonly unknown[]) => string, codes: StepCodes): string {
  const inner = (each: Operation): string => writeOperation(each, codes);
  switch (operation.kind) {
    case "setComment": {
      const column = operation.column === undefined ? "undefined" : JSON.stringify(operation.column);
      return `op.setComment(${JSON.stringify(operation.table)}, ${column}, ${JSON.stringify(operation.text)})`;
    }
    case "createView":
      return call("createView", operation.view, operation.data);
    case "dropView":
      return call("dropView", operation.view);
    case "createExtension":
      return call("createExtension", operation.name);
    case "sql":
      return call("sql", operation.up, optional({ down: operation.down, elidable: operation.elidable }));
    case "stateOnly":
    case "databaseOnly":
      return `op.${operation.kind}(${operation.operations.map(inner).join(", ")})`;
    case "assured":
      return `op.assured(${JSON.stringify(operation.reason)}, ${inner(operation.operation)})`;
    case "run": {
      const code = codes.get(operation.step);
      if (code !== undefined) return writeStep(operation.step, code);
      throw new GableError(
        "E_MIGRATION_OPERATION",
        `The data step "${operation.step.name}" is code, which cannot be written into a file.`,
        {
          fix: "Copy it by hand.",
        },
      );
    }
  }
}

function writeStep({ name, table, batch, where }: DataStep, { up, down }: StepCode): string {
  const data = Object.entries(optional({ name, table, batch, where }) ?? {}).map(([key, value]) => `${key}: ${writeInline(value)}`);
  const lines = [...data, up, ...(down === undefined ? [] : [down])].map((line) => `      ${line},\n`);
  return `op.run({\n${lines.join("")}    })`;
}

/** Returns options without undefined values, or undefined if none is left. */
function optional(options: Readonly<Record<string, unknown>>): object | undefined {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

const lineMax = 140;
const plainKey = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

function writeKey(key: string): string {
  return plainKey.test(key) && key !== "__proto__" ? key : key === "__proto__" ? '["__proto__"]' : JSON.stringify(key);
}

/** Writes a value in one line. */
function writeInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeInline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${writeKey(key)}: ${writeInline(each)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Writes a value in as many lines as it needs. */
function writeValue(value: unknown, indent: number, used: number): string {
  const line = writeInline(value);
  if (indent + used + line.length <= lineMax || typeof value !== "object" || value === null) return line;
  const pad = " ".repeat(indent + 2);
  const inner = (each: unknown, key: string): string => writeValue(each, indent + 2, key.length + 3);
  if (Array.isArray(value)) return `[\n${value.map((each) => `${pad}${inner(each, "")},\n`).join("")}${" ".repeat(indent)}]`;
  const lines = Object.entries(value).map(([key, each]) => `${pad}${writeKey(key)}: ${inner(each, key)},\n`);
  return `{\n${lines.join("")}${" ".repeat(indent)}}`;
}
