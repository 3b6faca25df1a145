/** A second `gable start` in a folder in which one runs: it says so, and the first one goes on. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";
import { ask, runToEnd, serve } from "./started.ts";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function createSite(): TestProject {
  const project = createTestProject({
    "app.ts":
      'import { gable, get } from "gable";\nexport default gable({ secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"], routes: [get("/", () => "served")] });\n',
  });
  projects.push(project);
  return project;
}

describe("a second gable start", { skip: process.platform === "win32" && "workers need POSIX" }, () => {
  it("says that one runs in the folder, and how to go on", async () => {
    const { folder } = createSite();
    const first = await serve(folder, ["--workers", "2"]);
    try {
      const { code, text } = await runToEnd(folder, ["start", "--workers", "2", "--port", "0"]);
      assert.equal(code, 3, text);
      assert.match(
        text,
        /E_LISTEN: `gable start` already runs in this folder, as process (\d+)\.\n {2}fix: [^\n]*`npx gable reload`[^\n]*`kill \1`/,
      );
      assert.doesNotMatch(text, /gable\.sock/);
      assert.equal((await ask(first.url)).text, "served");
    } finally {
      first.stop();
      await first.ended;
    }
  });

  it("names the port if only that is in use", async () => {
    const first = await serve(createSite().folder, ["--workers", "2"]);
    try {
      const { port } = new URL(first.url);
      const { code, text } = await runToEnd(createSite().folder, ["start", "--workers", "2", "--port", port]);
      assert.equal(code, 3, text);
      assert.match(text, new RegExp(`E_LISTEN: Cannot listen on 127\\.0\\.0\\.1:${port}`));
    } finally {
      first.stop();
      await first.ended;
    }
  });
});
