/** `make command` and `make test`. */
import type { Names } from "./names.ts";
import { refuse } from "./names.ts";
import type { MakePlan } from "./plan.ts";

const builtInNames = new Set(
  "dev start reload build test check routes models shell make db settings env worker tasks user sessions key doctor errors docs about last-error deploy".split(
    " ",
  ),
);

/** Writes a command of the project. */
export function makeCommand({ kebab, camel, title }: Names): MakePlan {
  if (builtInNames.has(kebab))
    refuse(`The name "${kebab}" is that of a built-in command.`, `Choose another one, such as: gable make command my-${kebab}`);
  const command = `import { defineCommand } from "gable";

/** The sentence that the command prints. */
export const ${camel} = (name: string): string => \`${title}: \${name}\`;

export default defineCommand({
  name: "${kebab}",
  help: "Prints a sentence with a name.",
  arguments: { name: { help: "Any name" } },
  run: ({ arguments: { name }, print }) => print(${camel}(name)),
});
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import command, { ${camel} } from "../commands/${kebab}.ts";

test("prints a sentence", () => {
  assert.equal(command.name, "${kebab}");
  assert.equal(${camel}("Ada"), "${title}: Ada");
});
`;
  return { files: { [`commands/${kebab}.ts`]: command, [`tests/${kebab}-command.test.ts`]: test }, lines: [], next: [`${kebab} Ada`] };
}

/** Writes a test of the home page, to begin with. */
export function makeTest({ kebab }: Names): MakePlan {
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient } from "gable/testing";
import app from "../app.ts";

const client = createTestClient(app);

test("shows the home page", async () => {
  assert.equal((await client.get("/")).status, 200);
});
`;
  return { files: { [`tests/${kebab}.test.ts`]: test }, lines: [], next: [`test ${kebab}`] };
}
