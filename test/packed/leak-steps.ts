/** Steps: tests of a project find what they leave behind, with the installed package. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PackedPackage, run } from "./packed-package.ts";

const leaks = {
  "a timer": "setTimeout(() => undefined, 60_000);",
  "an interval": "setInterval(() => undefined, 60_000);",
  "a server": "createServer().listen(0);",
  "a connection": 'connect(port, "127.0.0.1");',
  "a stream of events": 'await createTestClient(app).liveEvents("/events");',
};

const tests = `import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import { gable, get } from "gable";
import { createTestClient, testLeaks } from "gable/testing";

testLeaks();
const app = gable({ mode: "test", routes: [get("/events", ({ reply }) => reply.events(endless()))] });
async function* endless() {
  await new Promise(() => undefined);
}
const server = createServer();
let port = 0;
before(async () => {
  await once(server.listen(0), "listening");
  port = server.address().port;
});
after(() => server.close());
test("leaves nothing", async () => {
  const timer = setTimeout(() => undefined, 60_000);
  await createTestClient(app).get("/none");
  clearTimeout(timer);
});
${Object.entries(leaks)
  .map(([what, code]) => `test("leaves ${what}", async () => {\n  ${code}\n});`)
  .join("\n")}
`;

/** Registers the tests. `open` gives the package once it is packed. */
export function describeLeaks(open: () => PackedPackage): void {
  describe("the testing tools with the packed package", () => {
    it("fail each test that leaves something behind, with its place", async () => {
      const folder = await open().install("leaks", { "leaks.test.js": tests });
      const words = ["--test", "--test-force-exit", "--test-reporter=tap", "leaks.test.js"];
      const { output } = await run(process.execPath, words, folder, { GABLE_MODE: "test" });
      assert.match(output, /^ok \d+ - leaves nothing$/m, output);
      for (const [what, code] of Object.entries(leaks)) {
        assert.match(output, new RegExp(`^not ok \\d+ - leaves ${what}$`, "m"), output);
        const line = tests.split("\n").findIndex((text) => text.trim() === code) + 1;
        assert.match(output, new RegExp(`leaks\\.test\\.js:${line}\\b`), `${what} at line ${line}: ${output}`);
      }
    });
  });
}
