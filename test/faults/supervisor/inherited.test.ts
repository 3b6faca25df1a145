/** A supervisor that gets its listener from a service manager, and one on a Unix socket. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { fetchOnce, skipSupervisor, supervising, until } from "./supervised.ts";

describe("a supervisor with a listener that is not its own", { skip: skipSupervisor }, () => {
  it("serves the descriptor that LISTEN_FDS announces", async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    // A server that listens on a port has an address of this kind.
    const { port } = listener.address() as AddressInfo;
    const app = fileURLToPath(new URL("app.ts", import.meta.url));
    const main = fileURLToPath(new URL("main.ts", import.meta.url));
    const args = [
      ...process.execArgv.filter((argument) => !/^--(?:test|report)/.test(argument)),
      main,
      JSON.stringify({ app, workers: 1 }),
    ];
    // Node has no public way to the descriptor of a listener.
    const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit", fd],
      env: { ...process.env, LISTEN_FDS: "1", NODE_TEST_CONTEXT: undefined },
    });
    let output = "";
    child.stdout!.on("data", (chunk) => (output += String(chunk)));
    listener.close();
    await until(() => output.includes("port "), "the supervisor listens");
    assert.match(output, new RegExp(`port ${port}\n`));
    assert.match((await fetchOnce(port, "/pid")).text, / ok$/);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    assert.equal(await exited, 0);
  });

  it("serves a Unix socket with mode 0660", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-unix-"));
    const unixPath = join(folder, "socket");
    await supervising({ workers: 1, unixPath }, async ({ port }) => {
      assert.equal(port, 0);
      assert.equal((await stat(unixPath)).mode & 0o777, 0o660);
      const text = await new Promise<string>((resolve, reject) => {
        request({ socketPath: unixPath, path: "/pid", agent: false }, (response) => {
          response.setEncoding("utf8").on("data", resolve);
        })
          .on("error", reject)
          .end();
      });
      assert.match(text, / ok$/);
    });
    await rm(folder, { recursive: true, force: true });
  });
});
