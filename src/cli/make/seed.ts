/** `make seed`: a file that adds an example row of each named model, once. */
import type { FieldMeta, ModelClass, RelationMeta } from "gable/data";
import type { Names } from "./names.ts";
import { refuse } from "./names.ts";
import type { MakePlan } from "./plan.ts";

/** Writes a seed. `files` are the names of the seeds that exist: the new one runs after them. */
export function makeSeed({ kebab }: Names, models: readonly ModelClass[], files: readonly string[]): MakePlan {
  const ordered = new Map<string, ModelClass>();
  for (const model of models) addModel(ordered, model, []);
  const names = [...ordered.keys()];
  const blocks = [...ordered.values()].map((model) => toBlock(model, isUsed(model, ordered)));
  const path = `seeds/${nextNumber(files)}-${kebab}`;
  const imported = `import { ${[...names].sort().join(", ")} } from "../models.ts";`;
  const seed = `${imported}

/** An example row of ${names.join(" and of ")}. Run it with \`npx gable db seed\`: a second run changes nothing. */
export default async (): Promise<void> => {
${blocks.join("\n")}
};
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { testDatabase } from "gable/testing";
import app from "../app.ts";
${imported}
import seed from "../${path}.ts";

testDatabase(app, { tables: "models" });

test("adds rows once", async () => {
  await seed();
  await seed();
  assert.deepEqual([${names.map((name) => `await ${name}.count()`).join(", ")}], [${names.map(() => "1").join(", ")}]);
});
`;
  return { files: { [`${path}.ts`]: seed, [`tests/${kebab}-seed.test.ts`]: test }, lines: [], next: ["db seed"] };
}

/** Seeds run in the order of their names: 010, 020 and so on. */
function nextNumber(files: readonly string[]): string {
  const numbers = files.map((file) => Number(/^\d+/.exec(file)?.[0] ?? 0));
  return String((Math.floor(Math.max(0, ...numbers) / 10) + 1) * 10).padStart(3, "0");
}

/** Adds the models that a row needs before the model itself. */
function addModel(ordered: Map<string, ModelClass>, model: ModelClass, above: readonly ModelClass[]): void {
  const { name, isView } = model.$meta;
  if (ordered.has(name)) return;
  if (isView) refuse(`"${name}" is a view of the database: nobody can add rows to it.`, "Name a model with a table.");
  if (above.includes(model))
    refuse(`A row of ${name} needs another row of ${name} before it.`, "Make the relation optional, or write the seed by hand.");
  for (const { target } of neededRelations(model)) addModel(ordered, target, [...above, model]);
  ordered.set(name, model);
}

const neededRelations = ({ $meta: { relations } }: ModelClass): readonly RelationMeta[] =>
  [...relations.values()].filter(({ kind, isNullable }) => kind === "belongsTo" && !isNullable);

const isUsed = (model: ModelClass, ordered: ReadonlyMap<string, ModelClass>): boolean =>
  [...ordered.values()].some((other) => neededRelations(other).some(({ target }) => target === model));

const toVariable = (model: ModelClass): string => `first${model.$meta.name}`;

function toBlock(model: ModelClass, isKept: boolean): string {
  const { name, columns } = model.$meta;
  const relations = neededRelations(model);
  const linked = new Set(relations.flatMap(({ fields }) => fields));
  const own = columns.filter((column) => !linked.has(column.name) && isNeeded(column)).map((column) => `${column.name}: ${toCode(column)}`);
  const values = [...own, ...relations.map(({ name: relation, target }) => `${relation}: ${toVariable(target)}`)];
  const create = `await ${name}.create({${values.length === 0 ? "" : `\n    ${values.join(",\n    ")},\n  `}})`;
  if (!isKept) return `  if ((await ${name}.count()) === 0)\n  ${create};`.replaceAll("\n  ", "\n    ");
  return `  const ${toVariable(model)} = (await ${name}.first()) ?? (${create});`;
}

const isNeeded = ({ isNullable, hasDefault, hasDatabaseDefault, isPrimary, type, options }: FieldMeta): boolean =>
  !isNullable && !hasDefault && !hasDatabaseDefault && options.auto === undefined && !(isPrimary && type === "id");

const samples: Readonly<Partial<Record<FieldMeta["type"], string>>> = {
  slug: '"some-text"',
  email: '"ada@example.com"',
  url: '"https://example.com/"',
  boolean: "false",
  date: '"2026-11-20"',
  time: '"10:30:00"',
  datetime: 'new Date("2026-11-20T10:30:00Z")',
  uuid: '"0199f4a2-7c1e-7d3a-9b52-3f6e8a1c2d4b"',
  ip: '"192.0.2.1"',
  json: "{}",
  bytes: "new Uint8Array([1])",
};

/** A value that passes the checks of its field, as code. */
function toCode({ name, type, where, options, choices }: FieldMeta): string {
  const { min, max, pattern } = options;
  if (choices !== undefined) return JSON.stringify(Object.keys(choices)[0] ?? "");
  const isOpen = pattern === undefined && type !== "array" && type !== "file";
  if (!isOpen) refuse(`No example can be made up for ${where}.`, "Give the field a default, or write the seed by hand.");
  const sample = samples[type];
  if (sample !== undefined) return sample;
  if (type === "text") {
    const text = typeof min === "number" ? `Some ${name}`.padEnd(min, "x") : `Some ${name}`;
    return JSON.stringify(typeof max === "number" ? text.slice(0, max) : text);
  }
  if (type === "decimal") return JSON.stringify(typeof min === "string" ? min : "1");
  const number = typeof min === "number" || typeof min === "bigint" ? min : 1;
  return type === "bigint" ? `${number}n` : String(number);
}
