/** Restarts under steady requests: nobody is refused or reset, and no answer is older than its request. */
import assert from "node:assert/strict";
import { Agent, get } from "node:http";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { withDevProject } from "./dev-project.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
const restarts = isLong ? 200 : 30;
const pauseMs = 50;

const files = {
  "app.ts": `import { gable, get } from "gable";
import { version } from "./version.ts";
export default gable({ routes: [get("/", async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return { version }; })] });
`,
  "version.ts": "export const version: number = 0;\n",
};

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
  it(`answer all requests during ${restarts} restarts, on new and on open connections`, { timeout: 600_000 }, async () => {
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
      for (let version = 1; version <= restarts; version++) {
        const from = project.events.length;
        const save = version % 2 === 0 ? project.write.bind(project) : project.writeByRename.bind(project);
        save("version.ts", `export const version: number = ${version};\n`);
        await project.event("ready", () => true, from);
        // What is asked after the new code runs gets its answer.
        const { result } = await ask(project.port, agent);
        assert.equal(result, version);
      }
      isOver = true;
      await load;
      const outcomes = await Promise.all(asked);
      agent.destroy();
      const failed = outcomes.filter(({ result }) => typeof result === "string");
      assert.deepEqual(failed, [], `${failed.length} of ${outcomes.length} requests failed`);
    });
  });
});
