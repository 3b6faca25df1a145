import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { listenForCommands, sendSupervisorCommand } from "./control-socket.ts";

describe("the control socket", { skip: process.platform === "win32" && "paths of sockets are those of Unix" }, () => {
  let [folder, path] = ["", ""];
  let server: Server;
  const commands: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-control-"));
    path = join(folder, "s");
    server = await listenForCommands(path, async (command) => {
      commands.push(command);
      if (command === "stop") throw new Error("planned");
      return { isDone: command === "status", details: { command } };
    });
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  /** Sends pieces of text; gives the answer, "" when the connection is closed without one. */
  const send = (...pieces: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      let answer = "";
      const socket = connect(path, async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((next) => setTimeout(next, 5));
        }
      });
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(answer));
    });

  for (const [command, answer] of [
    ["status", { isDone: true, details: { command: "status" } }],
    ["reload", { isDone: false, details: { command: "reload" } }],
    ["stop", { isDone: false, details: "planned" }],
  ] as const)
    it(`answers ${command}`, async () => {
      commands.length = 0;
      assert.deepEqual(await sendSupervisorCommand(path, command), answer);
      assert.deepEqual(commands, [command]);
    });

  it("takes a command in pieces, of at most 64 bytes, and no unknown one", async () => {
    commands.length = 0;
    assert.deepEqual(JSON.parse(await send("sta", "tus\n")), { isDone: true, details: { command: "status" } });
    assert.deepEqual(JSON.parse(await send(`${"x".repeat(63)}\n`)), { isDone: false, details: "unknown command" });
    assert.equal(await send(`${"x".repeat(64)}\n`), "");
    assert.deepEqual(commands, ["status"]);
  });

  it("says so where nobody listens, or somebody else does", async () => {
    const expected = (where: string): object => ({ code: "E_SUPERVISOR_MISSING", message: `No supervisor answers at ${where}.` });
    await assert.rejects(sendSupervisorCommand(join(folder, "missing"), "status"), expected(join(folder, "missing")));
    const other = createServer((socket) => socket.end("HTTP"));
    await new Promise<void>((resolve) => void other.listen(join(folder, "other"), resolve));
    await assert.rejects(sendSupervisorCommand(join(folder, "other"), "status"), expected(join(folder, "other")));
    other.close();
  });
});
