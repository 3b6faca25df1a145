/**
 * Memory of a server while a large upload passes through it: the largest resident size that the kernel has counted meanwhile.
 * `GABLE_FAULTS=long` sends 300 MB, otherwise 96 MB. What a server adds, about 35 MiB, does
 * not depend on the size: it is pieces of 64 KiB that were used and are not collected yet.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

const largeBytes = process.env["GABLE_FAULTS"] === "long" ? 300_000_000 : 96_000_000;
const addedBytesMax = 64 * 1_048_576;
const program = new URL("server-app.ts", import.meta.url).pathname;
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

describe("a server that takes a large upload", { skip: existsSync("/proc/self/clear_refs") ? false : "no /proc here" }, () => {
  const root = mkdtempSync(join(tmpdir(), "gable-memory-"));
  const folders = [join(root, "spool"), join(root, "stored")];
  let server: ChildProcess;
  let port = 0;
  before(async () => {
    for (const folder of folders) mkdirSync(folder);
    server = spawn(process.execPath, ["--import", register, program, ...folders], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(server.stdout!, "data")) as [Buffer];
    port = Number(String(line));
  });
  after(async () => {
    server.kill();
    await once(server, "exit");
    rmSync(root, { recursive: true });
  });

  const statusOf = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);

  /** Sends a file in pieces, as fast as the server reads. Gives the body of the reply. */
  async function send(path: string, bytes: number): Promise<string> {
    const start = '--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
    const end = "\r\n--B--\r\n";
    const socket = connect({ port, host: "127.0.0.1" });
    let reply = "";
    socket.on("data", (chunk: Buffer) => (reply += chunk.toString("latin1")));
    const closed = once(socket, "close");
    socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=B\r\n`);
    socket.write(`Content-Length: ${start.length + bytes + end.length}\r\n\r\n${start}`);
    const piece = Buffer.alloc(65_536, "x\r\n--");
    for (let left = bytes; left > 0; left -= piece.length)
      if (!socket.write(piece.subarray(0, Math.min(left, piece.length)))) await once(socket, "drain");
    socket.write(end);
    await closed;
    return reply.slice(reply.indexOf("\r\n\r\n") + 4);
  }

  for (const path of ["/spool", "/path", "/storage"])
    it(`adds less than 64 MiB for ${largeBytes / 1_000_000} MB at ${path}`, async (test) => {
      // What each upload needs, code that is compiled and buffers that are kept included, is there after some smaller ones.
      for (let round = 0; round < 4; round++) assert.equal(await send(path, 8_000_000), "8000000");
      const before_ = statusOf("VmRSS");
      // The kernel begins to count the largest size again.
      writeFileSync(`/proc/${server.pid}/clear_refs`, "5");
      assert.equal(await send(path, largeBytes), String(largeBytes));
      const added = statusOf("VmHWM") - before_;
      test.diagnostic(`${(added / 1_048_576).toFixed(1)} MiB added to ${(before_ / 1_048_576).toFixed(1)} MiB`);
      assert.ok(added < addedBytesMax, `${added} bytes added`);
    });
});
