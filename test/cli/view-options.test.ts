/** Commands compile template files with the options that the application has for them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTestProject } from "./project.ts";

/** An option, a file, and the code of the error that the file has with and without the option; "" for none. */
const cases: ReadonlyArray<readonly [option: string, file: string, withOption: string, without: string]> = [
  ["unsafe: true", "{% autoescape false %}{{ 1 }}{% endautoescape %}", "", "E_VIEW_UNSAFE"],
  ['packages: ["shared"]', '{% include "box.html" %}', "", "E_VIEW_NOT_FOUND"],
  ['untyped: "error"', "{{ name }}", "E_VIEW_NAME", ""],
];

describe("the options of template files", () => {
  for (const [option, file, withOption, without] of cases)
    for (const [given, code] of [
      [option, withOption],
      ["", without],
    ] as const)
      it(`${code === "" ? "accept" : "refuse"} ${file} ${given === "" ? "by default" : `with ${given}`}, in gable check and gable build --check`, async (test) => {
        const project = createTestProject({
          "app.ts": `import { gable } from "gable";\nexport default gable({ views: { directories: ["views"], ${given} } });\n`,
          "views/page.html": file,
          "node_modules/shared/package.json": '{ "name": "shared" }',
          "node_modules/shared/views/box.html": "<p>box</p>",
        });
        test.after(() => project.remove());
        for (const words of [["check"], ["build", "--check"]]) {
          const { problems } = await project.json(...words);
          const found = problems.filter(({ level = "error", message }) => level === "error" && message.startsWith("views/page.html:"));
          const expected = words[0] === "check" ? `views.${code.slice("E_VIEW_".length).toLowerCase().replaceAll("_", "-")}` : code;
          assert.deepEqual(
            found.map(({ id }) => id),
            code === "" ? [] : [expected],
            JSON.stringify(problems),
          );
        }
      });
});
