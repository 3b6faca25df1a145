/** What the code of a project leaves open at its top level: commands end nevertheless, and say when it waits for ever. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
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

  for (const [words, code] of [
    [[], 0],
    [["--bail"], 0],
    [["--only", "fails"], 1],
  ] as const)
    it(`run tests, and end: gable test ${words.join(" ")}`, async () => {
      const project = createProject(leftOpen["an interval"]);
      project.write({
        "shop.test.ts": `import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import app from "./app.ts";
after(() => wait(200).then(() => writeFileSync("cleaned", "")));
test("answers", async () => assert.equal((await app.request("/")).status, 200));
test("fails", { skip: !process.execArgv.concat(process.argv).join().includes("fails") }, () => assert.fail("on purpose"));
`,
      });
      const outcome = await runToEnd(project.folder, ["test", ...words]);
      assert.equal(outcome.code, code, outcome.text);
      assert.match(outcome.text, code === 0 ? /pass 1/ : /on purpose/);
      assert.ok(existsSync(join(project.folder, "cleaned")), outcome.text);
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
