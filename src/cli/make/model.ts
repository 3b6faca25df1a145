/** `make model`: a class with its table, and a test. */
import type { MadeField } from "./fields.ts";
import { toModelField } from "./fields.ts";
import type { Names } from "./names.ts";
import type { MakePlan } from "./plan.ts";

/** Writes a model. `sources` says where the models are that relations lead to. */
export function makeModel(names: Names, fields: readonly MadeField[], sources: ReadonlyMap<string, string>, app: AppText): MakePlan {
  const { pascal, kebabPlural, table, title } = names;
  const targets = [...new Set(fields.flatMap(({ target }) => target ?? []))].filter((target) => target !== pascal);
  const relation = fields.some(({ target }) => target !== undefined) ? "belongsTo, " : "";
  const model = [
    `import { ${relation}field as f, Model } from "gable/data";`,
    ...targets.map((target) => `import { ${target} } from ".${sources.get(target) ?? "./models.ts"}";`),
    "",
    `/** ${title}. */`,
    `export class ${pascal} extends Model("${table}", {`,
    "  id: f.id(),",
    ...fields.map(toModelField),
    "}) {}",
    "",
  ];
  return {
    files: { [`${kebabPlural}/models.ts`]: model.join("\n"), [`tests/${names.kebab}-model.test.ts`]: makeTest(names) },
    modelLine: `export { ${pascal} } from "./${kebabPlural}/models.ts";`,
    lines: /\bmodels\b/.test(app.text)
      ? []
      : [
          { file: app.file, line: 'import * as models from "./models.ts";' },
          { file: app.file, line: 'models, database: "sqlite:var/app.db", // an option of gable()' },
        ],
    next: [`db make ${table}`, "db migrate"],
  };
}

/** The file of the application, and its text. */
export interface AppText {
  readonly file: string;
  readonly text: string;
}

function makeTest({ pascal, camel, kebabPlural }: Names): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { create, testDatabase } from "gable/testing";
import app from "../app.ts";
import { ${pascal} } from "../${kebabPlural}/models.ts";

testDatabase(app, { tables: "models" });

test("stores a row of ${pascal}, and reads it again", async () => {
  const ${camel} = await create(${pascal});
  assert.deepEqual((await ${pascal}.get(${camel}.id)).toJSON(), (await ${camel}.reload()).toJSON());
  assert.equal(await ${pascal}.count(), 1);
});
`;
}
