/** Random templates, rendered by Gable and by Jinja2. Needs `python3` with `jinja2` (Debian: python3-jinja2). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { compileString } from "gable/testing";
import { jinjaDifferences } from "./jinja/differences.ts";
import { TemplateGenerator } from "./jinja/generator.ts";
import type { JinjaCase } from "./jinja/generator.ts";

const script = fileURLToPath(new URL("jinja/render.py", import.meta.url));
const hasJinja = spawnSync("python3", ["-c", "import jinja2"]).status === 0;
const mustRun = process.env["GABLE_TEST_REQUIRE"] === "all";
const count = Number(process.env["GABLE_TEST_TEMPLATES"] ?? 100);

type Outcome = { readonly text: string } | { readonly error: string };

function renderByJinja(cases: readonly JinjaCase[]): Outcome[] {
  const { stdout, stderr, status } = spawnSync("python3", [script], {
    input: JSON.stringify(cases),
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Outcome[];
}

async function renderByGable({ templates, props }: JinjaCase): Promise<Outcome> {
  try {
    return { text: await compileString(templates["main.html"]!, { name: "main.html", templates }).render(props) };
  } catch (error) {
    return { error: String(error) };
  }
}

describe("Jinja2 and Gable", () => {
  it("has Jinja2 where the tests require it", { skip: mustRun ? false : "only where GABLE_TEST_REQUIRE is all" }, () =>
    assert.ok(hasJinja, "install python3-jinja2"),
  );

  it("give the same output for random templates", { skip: hasJinja ? false : "python3-jinja2 is not installed" }, async () => {
    const generator = new TemplateGenerator(Number(process.env["GABLE_TEST_SEED"] ?? 20_261));
    const cases = Array.from({ length: count }, () => generator.next());
    const expected = renderByJinja(cases);
    let compared = 0;
    for (const [index, each] of cases.entries()) {
      const wanted = expected[index]!;
      // Jinja refuses an operation on other kinds of values: then Gable may refuse it, too.
      if ("error" in wanted) continue;
      compared++;
      assert.deepEqual(await renderByGable(each), wanted, JSON.stringify(each, undefined, 1));
    }
    assert.ok(compared > count * 0.6, `only ${compared} of ${count} templates could be compared`);
  });

  it("differ where the reference says so", () => {
    const reference = readFileSync(new URL("../../docs/reference/template-files.md", import.meta.url), "utf8");
    for (const { topic, jinja, gable } of jinjaDifferences) assert.ok(reference.includes(`| ${topic} | ${jinja} | ${gable} |`), topic);
  });
});
