/** `make form`: a form of a model, or one with its own fields. */
import type { MadeField } from "./fields.ts";
import { toLabel } from "./fields.ts";
import type { Names } from "./names.ts";
import { refuse } from "./names.ts";
import type { MakePlan } from "./plan.ts";

/** Types of fields that forms have, too. */
const formTypes = new Set(["text", "slug", "email", "url", "int", "float", "boolean", "date", "time", "datetime", "choice", "decimal"]);

const formImports = 'import { field as f, form } from "gable/forms";';

/** Writes a form with its own fields. */
export function makeForm({ kebab, camel, title }: Names, fields: readonly MadeField[]): MakePlan {
  for (const { name, type, isUnique, isIndexed } of fields)
    if (!formTypes.has(type) || isUnique || isIndexed)
      refuse(
        `The field "${name}" belongs to a model, not to a form without one.`,
        `Leave out unique and index, and use one of ${[...formTypes].join(", ")}.`,
      );
  const text = `${formImports}

/** ${title}. */
export const ${camel}Form = form(
  {
${fields.map((field) => `    ${field.name}: ${toFormField(field)},`).join("\n")}
  },
  { name: "${kebab}" },
);
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { render } from "gable/views";
import { ${camel}Form } from "../${kebab}/forms.ts";

test("shows the fields of the form ${kebab}", async () => {
  const markup = await render(${camel}Form.blank().render());
  for (const name of ${JSON.stringify(fields.map(({ name }) => name)).replaceAll(",", ", ")}) assert.ok(markup.includes(\`name="\${name}"\`), name);
});
`;
  return { files: { [`${kebab}/forms.ts`]: text, [`tests/${kebab}-form.test.ts`]: test }, lines: toLines(camel, kebab), next: [] };
}

function toLines(camel: string, folder: string): MakePlan["lines"] {
  return [{ file: `${folder}/routes.ts`, line: `import { ${camel}Form } from "./forms.ts";` }];
}

function toFormField({ type, max, digits, choices, isNullable }: MadeField): string {
  const options = [
    ...(max === undefined ? [] : [`max: ${max}`]),
    ...(digits === undefined ? [] : [`digits: ${digits[0]}`, `scale: ${digits[1]}`]),
    ...(isNullable ? ["optional: true"] : []),
    ...(type === "text" && max === undefined ? ["lines: 6"] : []),
  ];
  const given = options.length === 0 ? "" : `{ ${options.join(", ")} }`;
  if (choices === undefined) return `f.${type === "float" ? "number" : type}(${given})`;
  return `f.choice({ ${choices.map((key) => `${key}: "${toLabel(key)}"`).join(", ")} }${given === "" ? "" : `, ${given}`})`;
}

/** Returns the code of a form of a model. */
export function toModelForm({ pascal, camel }: Names, source: string, fields: readonly string[]): string {
  return `import { modelForm } from "gable/forms";
import { ${pascal} } from "${source}";

/** Labels and limits come from the model. */
export const ${camel}Form = modelForm(${pascal}, { fields: [${fields.map((name) => `"${name}"`).join(", ")}] });
`;
}

/** Writes a form of a model. `source` is where the model is, from the folder of the form. */
export function makeModelForm(names: Names, source: string, fields: readonly string[]): MakePlan {
  const { camel, pascal, kebabPlural, kebab } = names;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { create, testDatabase } from "gable/testing";
import { render } from "gable/views";
import app from "../app.ts";
import { ${camel}Form } from "../${kebabPlural}/forms.ts";
import { ${pascal} } from "../models.ts";

testDatabase(app, { tables: "models" });

test("shows a row of ${pascal} in its form", async () => {
  const markup = await render((await ${camel}Form.from(await create(${pascal}))).render());
  for (const name of ${JSON.stringify(fields).replaceAll(",", ", ")}) assert.ok(markup.includes(\`name="\${name}"\`), name);
});
`;
  return {
    files: { [`${kebabPlural}/forms.ts`]: toModelForm(names, source, fields), [`tests/${kebab}-form.test.ts`]: test },
    lines: toLines(camel, kebabPlural),
    next: [],
  };
}
