/** A small file system that uploads fill: the request fails, nothing is left, and the next one works. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

const rounds = process.env["GABLE_FAULTS"] === "long" ? 50 : 3;
/** A file system of 1 MiB that only one process sees. */
const mount = (folder: string): string => `mount -t tmpfs -o size=1m tmpfs '${folder}'`;

function findReason(): string | false {
  const folder = mkdtempSync(join(tmpdir(), "gable-mount-"));
  const { status } = spawnSync("unshare", ["-rm", "sh", "-c", mount(folder)], { stdio: "ignore" });
  rmSync(folder, { recursive: true });
  return status === 0 ? false : "no file system can be mounted here";
}

function upload(url: string, bytes: number): Promise<Response> {
  const body = new FormData();
  body.set("file", new File([new Uint8Array(bytes)], "a.bin", { type: "application/octet-stream" }));
  return fetch(`${url}/upload`, { method: "POST", body });
}

describe("a full disk", { skip: findReason() }, () => {
  it("fails the upload that needs it, leaves no file, and takes the next one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gable-spool-"));
    const words = [
      ...process.execArgv.filter((word) => !/^--(?:test|report)/.test(word)),
      new URL("upload-app.ts", import.meta.url).pathname,
    ];
    const program = `${mount(folder)} && TMPDIR='${folder}' exec "$0" "$@"`;
    const child = spawn("unshare", ["-rm", "sh", "-c", program, process.execPath, ...words], {
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    let text = "";
    try {
      const url = await new Promise<string>((resolve, reject) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on("data", (chunk) => {
            text += String(chunk);
            const found = /at (http:\S+)/.exec(text);
            if (found !== null) resolve(found[1]!);
          });
        child.once("exit", () => reject(new Error(text)));
      });
      for (let round = 0; round < rounds; round++) {
        const full = await upload(url, 3_000_000);
        const reply = await full.text();
        assert.equal(full.status, 507, reply);
        assert.match(reply, /E_UPLOAD_DISK_FULL/);
        assert.ok(!reply.includes(folder), reply);
        // The space of the file that failed is free again: this one needs most of the disk.
        const next = await upload(url, 900_000);
        assert.deepEqual([next.status, await next.text()], [200, "900000"], text);
        assert.equal(await (await fetch(url)).text(), "home");
      }
      // Files have no name: the open ones are all that could be left.
      const left = spawnSync("sh", ["-c", `ls -l /proc/${child.pid}/fd | grep -c '${folder}'`], { encoding: "utf8" });
      assert.equal(left.stdout.trim(), "0");
    } finally {
      child.kill("SIGKILL");
      await new Promise((ended) => (child.exitCode === null && child.signalCode === null ? child.once("exit", ended) : ended(undefined)));
      rmSync(folder, { recursive: true });
    }
  });
});
