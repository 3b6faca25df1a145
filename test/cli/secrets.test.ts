/** Secrets of the settings in errors: no command prints them, whatever the application throws. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";
import { ask, runToEnd, serve, until } from "./started.ts";

const secret = "Sup3rS3cretValue!";
const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

/** Makes a project whose settings have the secret. `body` is the module of its application. */
function createProject(body: string): TestProject {
  const project = createTestProject({
    ".env": `API_PASSWORD=${secret}\nSECRET_KEYS=k5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ\n`,
    "settings.ts": `import { defineSettings, env } from "gable";
export const settings = defineSettings({ apiPassword: env.secret("API_PASSWORD"), secretKeys: env.secrets("SECRET_KEYS") });
`,
    "app.ts": `import { gable, GableError, get } from "gable";
import { settings } from "./settings.ts";
${body}
`,
  });
  projects.push(project);
  return project;
}

const end = 'export default gable({ settings, routes: [get("/", () => "home")] });';
const failures = {
  "an error": `throw new Error("no login with " + settings.apiPassword);\n${end}`,
  "an error with a cause": `throw new Error("no login", { cause: new Error(settings.apiPassword) });\n${end}`,
  "an error of Gable": `throw new GableError("E_OPTION_INVALID", "no login with " + settings.apiPassword, { fix: "Not " + settings.apiPassword });\n${end}`,
  "a string": `throw "no login with " + settings.apiPassword;\n${end}`,
  "an error that nobody catches": `setTimeout(() => { throw new Error("no login with " + settings.apiPassword); }, 0);\nawait new Promise((resolve) => setTimeout(resolve, 1_000));\n${end}`,
};

describe("an application that fails to load prints no secret:", () => {
  for (const [what, body] of Object.entries(failures))
    for (const words of [
      ["start", "--port", "0"],
      ["start", "--port", "0", "--workers", "2"],
      ["start", "--port", "0", "--json"],
      ["check", "--no-types"],
      ["check", "--no-types", "--json"],
      ["routes"],
    ])
      it(`gable ${words.join(" ")} with ${what}`, async () => {
        const { code, text } = await runToEnd(createProject(body).folder, words);
        assert.notEqual(code, 0, text);
        assert.match(text, /no login/);
        assert.ok(!text.includes(secret), text);
        if (what !== "an error with a cause") assert.match(text, /\[secret\]/);
      });

  it("gable check with a check that finds it", async () => {
    const check = 'defineCheck({ id: "shop.login", level: "warning", run: () => [{ message: "No login with " + settings.apiPassword }] })';
    const project = createProject(
      end.replace("settings,", `settings, checks: { add: [${check}] },`).replace("export", 'import { defineCheck } from "gable";\nexport'),
    );
    for (const more of [[], ["--json"]]) {
      const { text } = await runToEnd(project.folder, ["check", "--no-types", ...more]);
      assert.match(text, /No login with \[secret\]/);
      assert.ok(!text.includes(secret), text);
    }
  });
});

describe("workers print no secret", () => {
  const body = `
const throwLater = get("/late/:token", () => { setTimeout(() => { throw new Error("late " + settings.apiPassword); }, 1); return "ok"; });
${end.replace("routes: [", "routes: [throwLater, ")}`;

  it("of an error that nobody caught", async () => {
    const { url, text, stop, ended } = await serve(createProject(body).folder, ["--workers", "2"]);
    await fetch(`${url}/late/tok3nOfALink`);
    await until(() => text().includes("A worker is replaced") && text().includes('"stack"'), text);
    stop();
    await ended;
    assert.match(text(), /"request":"GET \/late\/\[secret\]"/);
    assert.ok(!text().includes("tok3nOfALink"), text());
    assert.match(text(), /An error that nobody caught: late \[secret\]/);
    assert.match(text(), /"reason":"an error that nobody caught: late \[secret\]"/);
    assert.ok(!text().includes(secret), text());
  });

  it("of a reload that fails", async () => {
    const project = createProject(body);
    const { text, stop, ended } = await serve(project.folder, ["--workers", "2"]);
    project.write({ "app.ts": `import { gable, get } from "gable";\nimport { settings } from "./settings.ts";\n${failures["an error"]}` });
    for (const more of [[], ["--json"]]) {
      const reloaded = await runToEnd(project.folder, ["reload", ...more]);
      assert.equal(reloaded.code, 1, reloaded.text);
      assert.match(reloaded.text, /no login with \[secret\]/);
      assert.ok(!reloaded.text.includes(secret), reloaded.text);
    }
    stop();
    await ended;
    assert.ok(!text().includes(secret), text());
  });

  it("of gable dev: in the terminal and in the page", async () => {
    const project = createProject(failures["an error"]);
    const { url, text, stop, ended } = await serve(project.folder, ["--mode", "development"], {}, "dev");
    await until(() => text().includes("no login"), text);
    const page = await ask(url);
    assert.match(page.text, /no login with \[secret\]/);
    stop();
    await ended;
    for (const each of [text(), page.text]) assert.ok(!each.includes(secret), each);
  });
});
