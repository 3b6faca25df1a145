/** Restarts under steady requests: nobody is refused or reset, no answer is older than its request, and the supervisor does not grow. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { withDevProject } from "./dev-project.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
const restarts = isLong ? 500 : 30;
const pauseMs = 50;
/** Restarts after which the supervisor has loaded and compiled what it needs. */
const warmUpRestarts = 10;
const growthBytesMax = 20 * 1_048_576;

const files = {
  "app.ts": `import { gable, get } from "gable";
import { version } from "./version.ts";
export default gable({ routes: [get("/", async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return { version }; })] });
`,
  "version.ts": "export const version: number = 0;\n",
};

/** Resident memory of a process; undefined where only the process itself can tell. */
function readMemory(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

interface Outcome {
  /** Version that the reply names, or the error. */
  readonly result: number | string;
}

/** Asks as a browser does: a reply 307 is followed. */
function ask(port: number, agent: Agent | false, redirects = 0): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = get({ port, host: "127.0.0.1", path: "/", agent }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      reply.on("error", (error) => resolve({ result: error.message }));
      reply.on("end", () => {
        if (reply.statusCode === 307 && redirects < 20) return resolve(ask(port, agent, redirects + 1));
        resolve({ result: reply.statusCode === 200 ? (JSON.parse(text) as { version: number }).version : `status ${reply.statusCode}` });
      });
    });
    asked.on("error", (error) => resolve({ result: error.message }));
  });
}

describe("restarts of gable dev", () => {
  it(`answer all requests during ${restarts} restarts, on new and on open connections, in 20 MB`, { timeout: 1_800_000 }, async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      assert.equal((await project.getUntil("/", ({ status }) => status === 200)).body, '{"version":0}');
      const agent = new Agent({ keepAlive: true, maxSockets: 2 });
      const asked: Array<Promise<Outcome>> = [];
      let isOver = false;
      const load = (async () => {
        for (let count = 0; !isOver; count++) {
          asked.push(ask(project.port, count % 2 === 0 ? false : agent));
          await wait(pauseMs);
        }
      })();
      let before: number | undefined;
      for (let version = 1; version <= restarts; version++) {
        if (version === warmUpRestarts) before = readMemory(project.pid);
        const from = project.events.length;
        const save = version % 2 === 0 ? project.write.bind(project) : project.writeByRename.bind(project);
        save("version.ts", `export const version: number = ${version};\n`);
        await project.event("ready", () => true, from);
        // What is asked after the new code runs gets its answer.
        const { result } = await ask(project.port, agent);
        assert.equal(result, version);
      }
      const grownBytes = (readMemory(project.pid) ?? 0) - (before ?? 0);
      isOver = true;
      await load;
      const outcomes = await Promise.all(asked);
      agent.destroy();
      const failed = outcomes.filter(({ result }) => typeof result === "string");
      assert.deepEqual(failed, [], `${failed.length} of ${outcomes.length} requests failed`);
      assert.ok(grownBytes < growthBytesMax, `the supervisor has grown by ${grownBytes} bytes`);
      if (isLong) console.log(JSON.stringify({ test: "restarts", restarts, requests: outcomes.length, failed: failed.length, grownBytes }));
    });
  });
});
