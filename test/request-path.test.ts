/** Holds docs/explanation/how-a-request-travels.md to what really runs, by the profiler of the engine's own coverage. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { describe, it } from "node:test";
import { gable } from "gable";
import { exchange } from "./http/wire-client.ts";

const page = await readFile(new URL("../docs/explanation/how-a-request-travels.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `(\w+)` \| (src\/\S+\.ts) \|/gm)].map(([, name, file]) => ({ name: name!, file: file! }));

describe("how a request travels", () => {
  it("names functions that exist, and that run once or more for one request", async () => {
    assert.ok(rows.length > 10);
    const app = gable({ mode: "test" });
    app.get("/users/:id(int)", ({ params }) => ({ id: params.id }));
    const running = await app.listen({ port: 0 });
    const session = new Session();
    session.connect();
    try {
      await session.post("Profiler.enable");
      await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
      await session.post("Profiler.takePreciseCoverage");
      const answer = await exchange(running.port, { pieces: ["GET /users/42 HTTP/1.1\r\nHost: localhost\r\n\r\n"] });
      assert.equal(answer.body, '{"id":42}');
      const { result } = (await session.post("Profiler.takePreciseCoverage")) as {
        result: Array<{ url: string; functions: Array<{ functionName: string; ranges: Array<{ count: number }> }> }>;
      };
      const called = new Set(
        result.flatMap(({ url, functions }) =>
          functions.filter(({ ranges }) => ranges[0]!.count > 0).map(({ functionName }) => `${url.split("/src/")[1]} ${functionName}`),
        ),
      );
      for (const { name, file } of rows) assert.ok(called.has(`${file.slice(4)} ${name}`), `${name} of ${file} did not run`);
    } finally {
      session.disconnect();
      await running.stop({ graceMs: 0 });
    }
  });
});
