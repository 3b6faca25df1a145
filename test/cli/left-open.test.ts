/** What the code of a project leaves open at its top level: commands end nevertheless, and say when it waits for ever. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createTestProject } from "./project.ts";
import type { TestProject } from "./project.ts";
import { ask, runToEnd, serve } from "./started.ts";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function createProject(topLevel: string): TestProject {
  const project = createTestProject({
    "app.ts": `import { createServer } from "node:net";
import { gable, get } from "gable";
${topLevel}
export default gable({ routes: [get("/", () => "x")] });
`,
  });
  projects.push(project);
  return project;
}

const leftOpen = {
  "an interval": "setInterval(() => undefined, 1_000);",
  "a server": "createServer().listen(0);",
  "a timer that never ends": "const again = () => setTimeout(again, 100); again();",
};

describe("commands of a project that leaves something open", () => {
  for (const [what, code] of Object.entries(leftOpen))
    for (const words of [["routes"], ["check", "--no-types"], ["about", "--json"]])
      it(`end: ${words.join(" ")} with ${what}`, async () => {
        const outcome = await runToEnd(createProject(code).folder, words);
        assert.equal(outcome.code, 0, outcome.text);
      });

  it("keep their exit code and all that they print", async () => {
    const project = createProject(leftOpen["an interval"]);
    project.write({ "app.ts": "setInterval(() => undefined, 1_000);\nexport const app = 1;\n" });
    const { code, text } = await runToEnd(project.folder, ["routes"]);
    assert.equal(code, 3, text);
    assert.match(text, /E_APP_FILE: app\.ts does not export an application as its default/);
  });

  for (const workers of ["1", "2"])
    it(`start and stop with --workers ${workers}`, async () => {
      const { url, stop, ended, text } = await serve(createProject(leftOpen["an interval"]).folder, ["--workers", workers]);
      assert.equal((await ask(url)).status, 200, text());
      stop();
      assert.equal(await ended, 0, text());
    });
});

describe("commands of a project that waits for ever", () => {
  for (const words of [["routes"], ["routes", "--json"], ["check"], ["start"], ["start", "--workers", "2"], ["db", "migrate"]])
    it(`say so: ${words.join(" ")}`, async () => {
      const { code, text } = await runToEnd(createProject("await new Promise(() => undefined);").folder, words);
      assert.ok(code === 1 || code === 3, `${code}: ${text}`);
      assert.match(text, /E_APP_FILE.*app\.ts waits for something that never comes: nothing is left to wait for\./);
    });
});
