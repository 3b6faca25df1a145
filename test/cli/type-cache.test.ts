/** What the compiler keeps between two runs of `gable check`: where it is, and that no error is lost. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { typescripts } from "../typescripts.ts";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const kept = "node_modules/.cache/gable/types.tsbuildinfo";
const [right, wrong] = ["export const title: string = '';\n", "export const title: string = 1;\n"];
const plain = 'import { gable } from "gable";\nexport default gable({ routes: [] });\n';
const withViews = 'import { gable } from "gable";\nexport default gable({ routes: [], views: {} });\n';

/** A project whose compiler looks at one file. */
function createProject(app: string, typescript: string, linksPackages = false): TestProject {
  const project = createTestProject({
    "app.ts": app,
    "views/home.html": "<p>Home</p>",
    "typed.ts": right,
    "tsconfig.json": '{ "compilerOptions": { "strict": true, "noEmit": true, "types": [], "lib": ["es2024"] }, "files": ["typed.ts"] }',
  });
  const packages = join(project.folder, linksPackages ? "elsewhere" : "node_modules");
  mkdirSync(join(packages, ".bin"), { recursive: true });
  symlinkSync(typescript, join(packages, "typescript"));
  writeFileSync(join(packages, ".bin/tsc"), `#!/bin/sh\nexec ${process.execPath} ${join(packages, "typescript/bin/tsc")} "$@"\n`);
  chmodSync(join(packages, ".bin/tsc"), 0o755);
  if (linksPackages) symlinkSync(packages, join(project.folder, "node_modules"));
  return project;
}

async function idsOf(project: TestProject): Promise<string[]> {
  return (await project.json("check")).problems.map(({ id }) => id);
}

for (const { version, folder, skip } of typescripts)
  for (const [name, app] of Object.entries({ "without views": plain, "with views": withViews }))
    it(`gable check keeps what TypeScript ${version} found, ${name}, and reports the same errors`, { skip }, async () => {
      const project = createProject(app, folder);
      try {
        assert.deepEqual(await idsOf(project), []);
        assert.ok(existsSync(join(project.folder, kept)));
        project.write({ "typed.ts": wrong });
        assert.deepEqual(await idsOf(project), ["TS2322"]);
        assert.deepEqual(await idsOf(project), ["TS2322"], "an error of a file that has not changed");
        const text = readFileSync(join(project.folder, kept), "utf8");
        for (const damaged of ["", "{}", "no JSON", text.slice(0, text.length / 2)]) {
          project.write({ [kept]: damaged });
          assert.deepEqual(await idsOf(project), ["TS2322"], `what was kept is ${JSON.stringify(damaged.slice(0, 20))}`);
        }
        project.write({ "typed.ts": right });
        assert.deepEqual(await idsOf(project), []);
        const names = readdirSync(project.folder).filter((each) => each !== ".gable");
        assert.deepEqual(names.sort(), ["app.ts", "node_modules", "package.json", "tsconfig.json", "typed.ts", "views"]);
      } finally {
        project.remove();
      }
    });

describe("gable check keeps nothing, and finds errors all the same,", () => {
  const { folder } = typescripts.at(-1)!;
  for (const [name, app] of Object.entries({ "without views": plain, "with views": withViews })) {
    it(`where the cache cannot be written, ${name}`, async () => {
      const project = createProject(app, folder);
      try {
        project.write({ "node_modules/.cache": "a file", "typed.ts": wrong });
        assert.deepEqual(await idsOf(project), ["TS2322"]);
        rmSync(join(project.folder, "node_modules/.cache"));
        mkdirSync(join(project.folder, kept), { recursive: true });
        assert.deepEqual(await idsOf(project), ["TS2322"], "a folder is in the place of the file");
      } finally {
        project.remove();
      }
    });
    it(`where node_modules is a link to those of another project, ${name}`, async () => {
      const project = createProject(app, folder, true);
      try {
        project.write({ "typed.ts": wrong });
        assert.deepEqual(await idsOf(project), ["TS2322"]);
        assert.ok(!existsSync(join(project.folder, "elsewhere/.cache")));
      } finally {
        project.remove();
      }
    });
  }
});
