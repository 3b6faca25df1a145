/** What a terminal shows when an application cannot start: one sentence, the code that is wrong, and the fix. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

const source = new URL("../src/index.ts", import.meta.url).href;
const hook = new URL("../scripts/source.mjs", import.meta.url).href;

describe("an application that cannot start", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-start-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs a program, and returns what it writes to standard error. */
  async function run(program: string): Promise<string> {
    const file = join(folder, `${crypto.randomUUID()}.ts`);
    await writeFile(file, `import { gable } from ${JSON.stringify(source)};\n${program}`);
    const child = spawn(process.execPath, ["--import", hook, file], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let text = "";
    for await (const chunk of child.stderr) text += chunk;
    return text;
  }

  it("shows the template line and the fix, without internals", async () => {
    await mkdir(join(folder, "views"));
    await writeFile(join(folder, "views", "a.html"), "<p>\n{{ x|nosuch }}\n");
    const text = await run('gable({ views: "views", mode: "production" }).listen(0);');
    assert.match(text, /unknown filter "nosuch"\./);
    assert.match(text, />\s+2 \| \{\{ x\|nosuch \}\}/);
    assert.match(text, /fix: Add it to views\/filters\.ts\./);
    assert.doesNotMatch(text, /expose|headers|details|ExpressionWriter|\\n/);
  });

  it("says that the port is in use, in one sentence", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // A server on a port has such an address.
    const text = await run(`gable({ mode: "production" }).listen(${port});`);
    server.close();
    assert.match(
      text,
      new RegExp(
        `GableError: Cannot listen on 127\\.0\\.0\\.1:${port}: it is in use\\.\n\\s+fix: Stop the process that uses it, or choose another port\\.`,
      ),
    );
    assert.doesNotMatch(text, /EADDRINUSE|setupListenHandle|"level"|expose/);
  });

  for (const port of ["99999", "-1", "1.5", '"x"'])
    it(`refuses the port ${port}`, async () => {
      const text = await run(`gable({ mode: "test" }).listen({ port: ${port} as number });`);
      assert.match(text, /GableError: app\.listen\(\): option "port" is .*; it must be a whole number from 0 to 65535\./);
      assert.doesNotMatch(text, /RangeError/);
    });
});
