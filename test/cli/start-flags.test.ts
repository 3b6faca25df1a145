/** The numbers that `gable start` takes for its workers: what they do, and which values it refuses. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";
import { ask, serve, until } from "./started.ts";

const project: TestProject = createTestProject({
  ".env": "GABLE_MODE=production\nSECRET_KEYS=u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ\n",
  "app.ts": `import { gable, get } from "gable";
const { HANGS } = process.env;
if (HANGS === "always" || (HANGS === "worker" && process.env.GABLE_SUPERVISOR)) await new Promise(() => setInterval(() => undefined, 1000));
export default gable({ routes: [get("/", () => String(process.pid)), get("/spin", () => { for (;;); })] });
`,
});
after(() => project.remove());

describe("flags of gable start", { skip: process.platform === "win32" ? "one process here" : false }, () => {
  const refused: ReadonlyArray<readonly [flag: string, value: string, range: string]> = [
    ["--port", "65536", "0 to 65535"],
    ["--port", "-1", "0 to 65535"],
    ["--graceful-seconds", "-1", "0 to 86400"],
    ["--graceful-seconds", "86401", "0 to 86400"],
    ["--stop-delay-seconds", "-1", "0 to 86400"],
    ["--stop-delay-seconds", "86401", "0 to 86400"],
    ["--requests-max", "-1", "0 to 999999999999999"],
    ["--rss-bytes-max", "-1", "0 to 999999999999999"],
    ["--boot-seconds", "0", "1 to 86400"],
    ["--boot-seconds", "86401", "1 to 86400"],
    ["--stall-seconds", "-1", "0 to 86400"],
    ["--stall-seconds", "86401", "0 to 86400"],
  ];
  for (const [flag, value, range] of refused)
    it(`refuse ${flag} ${value} with 2`, async () => {
      const { code, error } = await project.run("start", flag, value);
      assert.equal(code, 2, error);
      assert.match(error, new RegExp(`E_COMMAND_USAGE: ${flag} is ${value}; it must be a whole number from ${range}\\.`));
    });

  for (const flag of [
    "--port",
    "--graceful-seconds",
    "--stop-delay-seconds",
    "--requests-max",
    "--rss-bytes-max",
    "--boot-seconds",
    "--stall-seconds",
  ])
    for (const value of ["many", "1.5", ""])
      it(`refuse ${flag} "${value}" with 2`, async () => assert.equal((await project.run("start", flag, value)).code, 2));

  it("take the largest values", async () => {
    const words = ["--graceful-seconds", "86400", "--stop-delay-seconds", "0", "--boot-seconds", "86400", "--stall-seconds", "86400"];
    const { url, stop, ended, text } = await serve(project.folder, [
      ...words,
      "--requests-max",
      "999999999999999",
      "--rss-bytes-max",
      "999999999999999",
    ]);
    assert.equal((await ask(url)).status, 200, text());
    stop();
    assert.equal(await ended, 0, text());
  });

  for (const [flag, value, reason] of [
    ["--requests-max", "20", "it has served requestsMax requests"],
    ["--rss-bytes-max", "1", "it uses more memory than rssBytesMax"],
  ] as const)
    it(`replace a worker by ${flag} without a failed request`, async () => {
      const { url, stop, ended, text } = await serve(project.folder, [flag, value]);
      const pids = new Set<string>();
      await until(async () => {
        const { status, text: pid } = await ask(url);
        assert.equal(status, 200, text());
        return pids.add(pid).size > 1;
      }, text);
      assert.ok(text().includes(reason), text());
      stop();
      assert.equal(await ended, 0, text());
    });

  it("keep accepting, and are not ready, for --stop-delay-seconds", async () => {
    const { url, stop, ended, text } = await serve(project.folder, ["--stop-delay-seconds", "3"]);
    assert.equal((await ask(`${url}/ready`)).status, 200);
    stop();
    await until(async () => (await ask(`${url}/ready`)).status === 503, text);
    assert.equal((await ask(url)).status, 200);
    assert.equal(await ended, 0, text());
  });

  it("end a start whose workers take longer than --boot-seconds", async () => {
    // With one worker, the checks run here, and have as long as a busy machine may need.
    const { url, ended, text } = await serve(project.folder, ["--boot-seconds", "1"], { HANGS: "worker" });
    assert.deepEqual([url, await ended], ["", 1], text());
    assert.match(text(), /E_WORKERS_FAILED: No worker could start: The worker was not ready within 1000 ms\./);
  });

  it("end a start whose checks take longer than --boot-seconds", async () => {
    const { url, ended, text } = await serve(project.folder, ["--boot-seconds", "1", "--workers", "2"], { HANGS: "always" });
    assert.deepEqual([url, await ended], ["", 1], text());
    assert.match(text(), /gable check did not end within 1 s\. Nothing was started\.\n +fix: Look for what the application waits for/);
  });

  it("kill a worker that stands still for --stall-seconds", async () => {
    const { url, stop, ended, text } = await serve(project.folder, ["--stall-seconds", "2"]);
    assert.equal((await ask(`${url}/spin`)).status, 0);
    assert.match(text(), /A worker gives no sign of life and is killed/);
    await until(async () => (await ask(url)).status === 200, text);
    stop();
    assert.equal(await ended, 0, text());
  });
});
