/** Uploads as text, and the folder of their temporary files. */
import assert from "node:assert/strict";
import { chmodSync, fstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "node:test";
import { gable, post } from "gable";
import type { GableOptions, UploadedFile } from "gable";
import { field as f, form } from "gable/forms";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

const root = mkdtempSync(join(tmpdir(), "gable-uploads-"));
after(() => rmSync(root, { recursive: true }));
const upload = form({ file: f.file({ bytesMax: 1_000_000 }) }, { name: "upload" });

/** Sends a file to a handler. Gives the status and the text of the reply. */
async function send(
  content: string | Uint8Array<ArrayBuffer>,
  handler: (file: UploadedFile) => Promise<string> | string,
  options: GableOptions = {},
): Promise<readonly [status: number, text: string]> {
  const route = post("/", { form: upload }, ({ form: sent }) => {
    assert.ok(sent.valid);
    return handler(sent.data.file);
  });
  const app = gable({ mode: "test", logger: silentLogger, routes: [route], ...options });
  const body = new FormData();
  body.set("file", new Blob([content]), "a.txt");
  try {
    const reply = await app.request("/", { method: "POST", body });
    return [reply.status, await reply.text()];
  } finally {
    await app.close();
  }
}

describe("text() of an upload", () => {
  for (const [where, bytes] of [
    ["memory", 1000],
    ["a temporary file", 200_000],
  ] as const)
    it(`reads as many bytes as the limit from ${where}, and refuses one more`, async () => {
      const text = `${"é".repeat(bytes / 2 - 1)}ab`;
      assert.deepEqual(await send(text, (file) => file.text({ bytesMax: bytes })), [200, text]);
      const [status, reply] = await send(`${text}c`, (file) => file.text({ bytesMax: bytes }));
      assert.equal(status, 413);
      assert.match(reply, /E_UPLOAD_TOO_LARGE/);
      await send(`${text}c`, async (file) => {
        await assert.rejects(file.text({ bytesMax: bytes }), {
          code: "E_UPLOAD_TOO_LARGE",
          message: `The upload has ${bytes + 1} bytes; text() reads at most ${bytes}.`,
        });
        return "";
      });
    });

  it("refuses bytes that are not UTF-8, and removes a byte order mark", async () => {
    for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xff, 0xfe, 0x61, 0]]) {
      const [status, reply] = await send(new Uint8Array(bytes), (file) => file.text({ bytesMax: 10 }));
      assert.equal(status, 422, String(bytes));
      assert.match(reply, /E_UPLOAD_NOT_TEXT/);
    }
    assert.deepEqual(await send("\ufeffa\ufeff\u0000", (file) => file.text({ bytesMax: 10 })), [200, "a\ufeff\u0000"]);
  });

  it("needs a limit", async () => {
    for (const options of [{}, { bytesMax: 0 }, { bytesMax: 1.5 }, { bytesMax: Infinity }, { bytesMax: "10" }])
      await send("a", async (file) => {
        await assert.rejects(file.text(options as never), { code: "E_OPTION_INVALID", message: /bytesMax/ });
        return "";
      });
  });
});

describe("uploads: { directory }", { skip: process.platform === "linux" ? false : "no /proc here" }, () => {
  const directory = join(root, "spool");
  mkdirSync(directory);
  /** Modes of the files below the folder that the process has open; their names are removed. */
  const openModes = (): number[] =>
    readdirSync("/proc/self/fd").flatMap((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`).startsWith(`${directory}/`) ? [fstatSync(Number(name)).mode & 0o777] : [];
      } catch {
        return []; // The descriptor of the list itself is closed by now.
      }
    });

  it("keeps a large upload there, with mode 0600 and without a name, until its request ends", async () => {
    const usual = process.umask(0);
    try {
      for (const path of [directory, relative(process.cwd(), directory)]) {
        const handler = (): string => JSON.stringify([openModes(), readdirSync(directory)]);
        const [status, text] = await send("x".repeat(100_000), handler, { uploads: { directory: path } });
        assert.deepEqual([status, text], [200, JSON.stringify([[0o600], []])]);
        assert.deepEqual(openModes(), []);
      }
    } finally {
      process.umask(usual);
    }
  });

  it("keeps nothing there after an error, a refused file and a body that ends early", async () => {
    const fail = (): never => {
      throw new Error("no");
    };
    const uploads = { directory };
    assert.equal((await send("x".repeat(100_000), fail, { uploads }))[0], 500);
    const app = gable({
      mode: "test",
      logger: silentLogger,
      uploads,
      routes: [post("/", { form: upload }, ({ form: { status } }) => String(status))],
    });
    const start = `--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${"x".repeat(300_000)}`;
    const headers = { "content-type": "multipart/form-data; boundary=B" };
    assert.equal((await app.request("/", { method: "POST", headers, body: start })).status, 400);
    const client = createTestClient(app);
    const large = await client.post("/", { files: { file: { name: "a", content: "x".repeat(1_000_001) } } });
    assert.equal(large.body, "422");
    await app.close();
    assert.deepEqual([openModes(), readdirSync(directory)], [[], []]);
  });

  it("uses the temporary folder of the system without the option", async () => {
    const [, text] = await send("x".repeat(100_000), () => JSON.stringify(openModes()));
    assert.equal(text, "[]");
  });

  const file = join(root, "file");
  writeFileSync(file, "");
  const locked = join(root, "locked");
  mkdirSync(locked, { mode: 0o500 });
  const unusable: ReadonlyArray<readonly [what: string, path: string, isSkipped?: boolean]> = [
    ["that does not exist", join(root, "none")],
    ["that is a file", file],
    ["without the right to write", locked, process.getuid?.() === 0],
  ];
  for (const [what, path, isSkipped = false] of unusable)
    it(`stops the start for a folder ${what} (E_UPLOAD_DIRECTORY)`, { skip: isSkipped ? "root may write everywhere" : false }, async () => {
      const app = gable({ mode: "test", logger: silentLogger, uploads: { directory: path } });
      await assert.rejects(app.start(), (error: { code: string; message: string }) => {
        assert.equal(error.code, "E_UPLOAD_DIRECTORY");
        assert.ok(error.message.startsWith(`Cannot write to the folder of uploads "${path}": E`), error.message);
        return true;
      });
      await app.close();
    });
  after(() => chmodSync(locked, 0o700));

  it("refuses other values", () => {
    for (const uploads of [true, "x", {}, { directory: "" }, { directory: 1 }, null])
      assert.throws(() => gable({ mode: "test", uploads: uploads as never }), { code: "E_OPTION_INVALID" }, JSON.stringify(uploads));
    assert.throws(() => gable({ mode: "test", uploads: { directory: "x", folder: "y" } as never }), { code: "E_OPTION_UNKNOWN" });
  });
});
