/** The lines of a start in production: a program reads them, so that each one is a JSON object of one format. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";
import { ask, serve, until } from "./started.ts";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

describe("the output of gable start", () => {
  const app = `import { gable, get } from "gable";
export default gable({
  routes: [get("/", ({ log }) => { log.info("Hello."); return "x"; }), get("/late", () => { setTimeout(() => { throw new Error("late"); }, 1); return "x"; })],
});
`;
  const start = (words: readonly string[]): ReturnType<typeof serve> => {
    const project = createTestProject({ "app.ts": app });
    projects.push(project);
    return serve(project.folder, words);
  };
  const read = async (workers: string): Promise<string> => {
    const { url, text, stop, ended } = await start(["--workers", workers]);
    // A connection that stays open would delay the end.
    await ask(url);
    await until(() => text().includes("GET / 200"), text);
    if (workers !== "1") {
      await ask(`${url}/late`);
      await until(() => text().includes("A worker is replaced"), text);
    }
    stop();
    await ended;
    return text();
  };

  for (const workers of process.platform === "win32" ? ["1"] : ["1", "2"])
    it(`has lines of JSON only, with the level and the time as numbers: ${workers} workers`, async () => {
      const lines = (await read(workers)).trimEnd().split("\n");
      for (const line of lines) {
        const { level, time, message } = JSON.parse(line) as Record<string, unknown>;
        assert.ok([30, 40, 50, 60].includes(Number(level)) && typeof level === "number", line);
        assert.ok(typeof time === "number" && Math.abs(time - Date.now()) < 600_000, line);
        assert.equal(typeof message, "string", line);
      }
      for (const begin of ["Serving http://", "Hello.", workers === "1" ? "Application: loaded (" : "First worker: ready ("])
        assert.ok(
          lines.some((line) => (JSON.parse(line) as { message: string }).message.startsWith(begin)),
          lines.join("\n"),
        );
    });

  it("is text in development", async () => {
    const { text, stop, ended } = await start(["--mode", "development"]);
    assert.match(text(), /^Application: loaded \(\d+ ms\)\nServing http:/);
    stop();
    await ended;
  });
});
