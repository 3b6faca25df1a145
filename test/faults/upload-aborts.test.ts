/**
 * Uploads that end at any byte: the client goes, resets its connection, ends its side, or sends less than a part. Afterwards the server
 * has no descriptor and no file more than before. `GABLE_FAULTS=long` aborts 10,000 times, otherwise 120 times.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gable, post } from "gable";
import type { RunningApp } from "gable";
import { field as f, form } from "gable/forms";
import { diskStorage, storage } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";

const abortCount = process.env["GABLE_FAULTS"] === "long" ? 10_000 : 120;
const atOnce = 20;
const upload = form(
  { title: f.text(), one: f.file({ bytesMax: 300_000 }), two: f.files({ bytesMax: 300_000, max: 3 }) },
  { name: "upload" },
);

/** A field, a file that stays in memory, and two that do not. */
const body = [
  '--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nA title',
  ...["1", "22", "333"].map(
    (letters, index) =>
      `--B\r\nContent-Disposition: form-data; name="${index === 0 ? "one" : "two"}"; filename="${index}.bin"\r\n\r\n${letters.repeat(30_000 * (index + 1))}`,
  ),
  "--B--\r\n",
].join("\r\n");
const ends = ["destroy", "reset", "half close", "short body"] as const;

/** Sends a part of the body and ends in one way. Gives the reply, if there is one. */
function abort(port: number, sentBytes: number, end: (typeof ends)[number]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let reply = "";
    socket.on("data", (chunk: Buffer) => (reply += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(reply));
    const length = end === "short body" ? sentBytes : body.length;
    const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: ${length}\r\n\r\n`;
    socket.write(head + body.slice(0, sentBytes), "latin1", () => {
      if (end === "destroy") socket.destroy();
      else if (end === "reset") socket.resetAndDestroy();
      else if (end === "half close") socket.end();
    });
  });
}

describe(`${abortCount} uploads that end early`, { skip: process.platform === "linux" ? false : "no /proc here" }, () => {
  const root = mkdtempSync(join(tmpdir(), "gable-aborts-"));
  const folders = [join(root, "spool"), join(root, "stored")] as const;
  for (const folder of folders) mkdirSync(folder);
  let running: RunningApp;
  let handled = 0;
  before(async () => {
    const app = gable({
      mode: "test",
      logger: silentLogger,
      uploads: { directory: folders[0] },
      storage: { store: diskStorage({ directory: folders[1] }), public: true },
      routes: [
        post("/", { form: upload }, async ({ form: sent }) => {
          handled++;
          if (!sent.valid) return "invalid";
          const { key } = await sent.data.one.saveTo(storage);
          await storage.delete(key);
          return "saved";
        }),
      ],
    });
    running = await app.listen({ port: 0, quiet: true });
  });
  after(async () => {
    await running.stop({ graceMs: 0 });
    rmSync(root, { recursive: true });
  });

  const descriptors = (): number => readdirSync("/proc/self/fd").length;

  it("leave no descriptor and no file", async () => {
    // What the first request opens for good is open before.
    assert.match(await abort(running.port, body.length, "short body"), /saved$/);
    await wait(50);
    const base = descriptors();
    for (let start = 0; start < abortCount; start += atOnce)
      await Promise.all(
        Array.from({ length: atOnce }, async (_, index) => {
          const end = ends[(start + index) % ends.length]!;
          const sentBytes = Math.floor(Math.random() * (body.length - 10));
          const reply = await abort(running.port, sentBytes, end);
          const shown = `${end} after ${sentBytes} bytes: ${reply.slice(0, 40)}`;
          assert.ok(reply === "" || reply.startsWith("HTTP/1.1 400"), shown);
          if (end === "short body") assert.notEqual(reply, "", shown);
        }),
      );
    for (let round = 0; descriptors() > base && round < 500; round++) await wait(10);
    assert.ok(descriptors() <= base, `${descriptors()} descriptors, ${base} before`);
    for (const folder of folders)
      assert.deepEqual(
        readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
        [],
      );
    assert.equal(handled, 1, "no handler gets a part of a form");
    assert.match(await abort(running.port, body.length, "short body"), /saved$/);
  });
});
