/** Hostile names of files, in every way of saving: none becomes part of a path or of a key, and handlers see a clean name. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gable, json, post } from "gable";
import type { Application, RouteEntry } from "gable";
import { field as column, Model } from "gable/data";
import { field as f, form, modelForm } from "gable/forms";
import { diskStorage, memoryStorage, s3Storage, storage } from "gable/storage";
import type { FileStore } from "gable/storage";
import { silentLogger } from "../silent-logger.ts";
import { bucket, credentials, startS3 } from "../storage/s3-server.ts";
import { hostileNames } from "./hostile-names.ts";

/** A key of a random name: nothing in it comes from the client. */
const keyPattern = /^(?:(?:kept|photos|pictures)\/)?[0-9]{4}\/[0-9]{2}\/[0-9a-hjkmnp-tv-z]{26}\.png$/;
const root = mkdtempSync(join(tmpdir(), "gable-names-"));
const folders = { spool: join(root, "a", "spool"), stored: join(root, "a", "stored"), saved: join(root, "a", "saved") };
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
after(() => rmSync(root, { recursive: true }));

const photoForm = form({ file: f.file({ bytesMax: 1_000_000 }) }, { name: "photo" });
class Picture extends Model("name_pictures", {
  id: column.id(),
  title: column.text({ max: 5 }),
  file: column.file({ prefix: "pictures" }),
}) {}
const pictureForm = modelForm(Picture, { fields: ["title", "file"] });

/** Content that goes to a temporary file, and content that stays in memory. */
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const contents = [png, Buffer.concat([png, Buffer.alloc(70_000)])];

/** Writes a name into a body as browsers do, or as it is, with all bytes. */
const writers: ReadonlyArray<(name: string) => string> = [
  (name) => name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22"),
  (name) => name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll("\\", "\\\\").replaceAll('"', '\\"'),
];

function toBody(name: string, content: Buffer, title?: string): Buffer {
  const text = title === undefined ? "" : `--B\r\nContent-Disposition: form-data; name="title"\r\n\r\n${title}\r\n`;
  const head = `--B\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`;
  return Buffer.concat([Buffer.from(text + head), content, Buffer.from("\r\n--B--\r\n")]);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Sends each name to a route. Gives the replies by name. */
async function sendAll(app: Application, path: string, title?: string): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (const [index, name] of hostileNames.entries()) {
    const written = writers[index % 2]!(name);
    const body = Uint8Array.from(toBody(written, contents[index % 3 === 0 ? 1 : 0]!, title));
    const reply = await app.request(path, { method: "POST", headers: { "content-type": "multipart/form-data; boundary=B" }, body });
    const text = await reply.text();
    // A control character of the header itself, a header over 8 KiB: the body is refused as a whole.
    if (reply.status === 400 || reply.status === 413) assert.match(written, /[\u0000-\u0008\u000b-\u001f\u007f]|.{4000}/s, text);
    else replies.push(JSON.parse(text));
  }
  return replies;
}

const create = (routes: RouteEntry[], store: FileStore): Application =>
  gable({
    mode: "test",
    logger: silentLogger,
    storage: { store, public: true },
    uploads: { directory: folders.spool },
    secretKeys: ["q3J8v0LwZr1Xc9TfYb2NmKd7HsPgAeUiOt5Wx4Vy6Qa"],
    database: "sqlite::memory:",
    models: [Picture],
    routes,
  });

describe(`${hostileNames.length} hostile names of files`, () => {
  let s3: Awaited<ReturnType<typeof startS3>>;
  before(async () => {
    s3 = await startS3();
  });
  after(() => s3.close());

  it("are at least 300, all different", () => {
    assert.ok(new Set(hostileNames).size >= 300);
    assert.equal(new Set(hostileNames).size, hostileNames.length);
  });

  it("reach handlers without control characters, with at most 255 bytes, as well-formed text", async () => {
    const app = create(
      [post("/", { form: photoForm }, ({ form: sent }) => json(sent.valid ? { name: sent.data.file.fileName } : null))],
      memoryStorage(),
    );
    const replies = await sendAll(app, "/");
    await app.close();
    assert.ok(replies.length >= 290, `${replies.length} names were read`);
    for (const reply of replies) {
      const { name } = reply as { name: string };
      // oxlint-disable-next-line no-control-regex -- control characters are what must be missing
      assert.doesNotMatch(
        name,
        /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/,
        JSON.stringify(name),
      );
      assert.ok(Buffer.byteLength(name) <= 255, name);
      assert.ok(name.isWellFormed());
    }
  });

  for (const [where, createStore] of [
    ["a folder", () => diskStorage({ directory: folders.stored })],
    ["memory", () => memoryStorage()],
    ["S3", () => s3Storage({ endpoint: s3.endpoint, bucket, region: "us-east-1", credentials })],
  ] as const) {
    it(`are in no key of ${where}`, async () => {
      const app = create(
        [
          post("/", { form: photoForm }, async ({ form: sent }) => {
            assert.ok(sent.valid);
            return json((await sent.data.file.saveTo(storage, { prefix: "photos" })).key);
          }),
        ],
        createStore(),
      );
      for (const key of await sendAll(app, "/")) assert.match(String(key), keyPattern);
      await app.close();
    });

    it(`are in no key of a row, and of an upload that waits for its form, in ${where}`, async () => {
      const app = create(
        [
          post("/", { form: pictureForm }, async ({ form: sent }) => {
            const row = sent.valid && (await sent.save());
            return json(row === false || row === null ? "kept" : row.file);
          }),
        ],
        createStore(),
      );
      await app.start();
      await app.database().createTables();
      for (const key of await sendAll(app, "/", "a")) assert.match(String(key), keyPattern);
      for (const reply of await sendAll(app, "/", "a title that is too long")) assert.equal(reply, "kept");
      await app.close();
    });
  }

  it("are in no path of saveTo(path), and leave nothing outside of the folders", async () => {
    const app = create(
      [
        post("/", { form: photoForm }, async ({ form: sent }) => {
          assert.ok(sent.valid);
          await sent.data.file.saveTo(join(folders.saved, "one.png"));
          return json(readdirSync(folders.saved));
        }),
      ],
      memoryStorage(),
    );
    for (const names of await sendAll(app, "/")) assert.deepEqual(names, ["one.png"]);
    await app.close();
    assert.deepEqual(listFiles(folders.spool), []);
    const stored = listFiles(root).filter((path) => !path.startsWith(folders.stored));
    assert.deepEqual(stored, [join(folders.saved, "one.png")]);
    const paths = listFiles(folders.stored).map((path) => path.slice(folders.stored.length + 1));
    assert.ok(paths.some((path) => path.startsWith("kept/")));
    for (const path of paths) assert.match(path, keyPattern);
  });
});
