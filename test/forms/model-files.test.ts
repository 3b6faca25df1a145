/** Files of model forms: what is stored, shown again, replaced, removed and undone, on every database. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { gable } from "gable";
import { belongsTo, field as c, hasMany, Model, transaction } from "gable/data";
import { inlineSet, modelForm } from "gable/forms";
import type { FileStore } from "gable/storage";
import { memoryStorage } from "gable/storage";
import { SavedFiles } from "../../src/forms/save-files.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { describeOnDatabases } from "../data/databases.ts";

class Novel extends Model("form_file_novels", {
  id: c.id(),
  title: c.text({ max: 20, unique: true }),
  cover: c.file({ null: true, accept: ["image/png"], bytesMax: 100, prefix: "covers" }),
  plates: () => hasMany(Plate),
}) {}
class Plate extends Model("form_file_plates", {
  id: c.id(),
  caption: c.text({ max: 20 }),
  image: c.file({ prefix: "plates" }),
  novel: () => belongsTo(Novel, { onDelete: "cascade" }),
}) {}
class Draft extends Model(
  "form_file_drafts",
  { id: c.id(), image: c.file({ null: true }), deletedAt: c.datetime({ null: true, editable: false }) },
  { softDelete: "deletedAt" },
) {}
class Poster extends Model("form_file_posters", { id: c.id(), title: c.text({ max: 20 }), image: c.file() }) {}

const novelForm = modelForm(Novel, { fields: ["title", "cover"] });
const platesForm = modelForm(Novel, { fields: ["title"], sets: { plates: inlineSet(Plate, { fields: ["caption", "image"] }) } });
const draftForm = modelForm(Draft, { fields: ["image"] });
const posterForm = modelForm(Poster, { fields: ["title", "image"] });

/** A PNG of some size, at least 9 bytes, whose last byte tells it from others. */
function png(mark: number, size = 20): File {
  const bytes = new Uint8Array(size);
  bytes.set([137, 80, 78, 71, 13, 10, 26, 10]);
  bytes[size - 1] = mark;
  return new File([bytes], `cover-${mark}.png`, { type: "image/png" });
}

function toData(values: Readonly<Record<string, string | File>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.append(name, value);
  return data;
}

/** Returns the hidden value that stands for the stored file of a field; undefined without one. */
function tokenOf(form: { render(): unknown }, name: string): string | undefined {
  return new RegExp(`name="${name.replaceAll(".", "\\.")}\\.stored" value="([^"]+)"`).exec(String(form.render()))?.[1];
}

/** A store that lists its keys, and can refuse to store. */
class ListedStore implements FileStore {
  readonly #inner = memoryStorage();
  readonly keys = new Set<string>();
  refusals = 0;

  async put(...[key, source, options]: Parameters<FileStore["put"]>): Promise<void> {
    if (this.refusals > 0 && --this.refusals === 0) throw new GableError("E_STORAGE_UNAVAILABLE", "The disk is full.");
    await this.#inner.put(key, source, options);
    this.keys.add(key);
  }
  read(...options: Parameters<FileStore["read"]>): ReturnType<FileStore["read"]> {
    return this.#inner.read(...options);
  }
  find(key: string): ReturnType<FileStore["find"]> {
    return this.#inner.find(key);
  }
  async delete(key: string): Promise<void> {
    await this.#inner.delete(key);
    this.keys.delete(key);
  }
  /** Number of files whose key has a start. */
  count(start: string): number {
    return [...this.keys].filter((key) => key.startsWith(start)).length;
  }
  async lastByte(key: string): Promise<number | undefined> {
    let last: number | undefined;
    for await (const chunk of (await this.read(key)).stream()) last = chunk.at(-1);
    return last;
  }
}

/** What is sent at the same time, and how many rows the set has afterwards. */
const parallel: ReadonlyArray<readonly [what: string, sends: ReadonlyArray<Readonly<Record<string, string | File>>>, rows: number]> = [
  ["five requests replace the file of a row", [2, 3, 4, 5, 6].map((mark) => ({ cover: png(mark) })), 1],
  [
    "requests replace and remove the file of a row",
    [{ cover: png(2) }, { "cover.clear": "true" }, { cover: png(3) }, { "cover.clear": "true" }],
    1,
  ],
  [
    "requests replace the file of a row in a set",
    [2, 3, 4, 5].map((mark) => ({ "plates.count": "1", "plates.0.caption": `${mark}`, "plates.0.image": png(mark) })),
    1,
  ],
  [
    "a request replaces the file of a row in a set that another one deletes",
    [
      { "plates.count": "1", "plates.0.caption": "x", "plates.0.image": png(2) },
      { "plates.count": "1", "plates.0.delete": "true" },
      { "plates.count": "1", "plates.0.caption": "y", "plates.0.image": png(3) },
    ],
    0,
  ],
];

describeOnDatabases("files of model forms", [Novel, Plate, Draft, Poster], () => {
  const state = { store: new ListedStore() };
  let app = gable({ mode: "test", storage: { store: state.store } });
  before(() => app.start());
  after(() => app.close());
  beforeEach(async () => {
    await app.close();
    state.store = new ListedStore();
    app = gable({ mode: "test", storage: { store: state.store } });
    await app.start();
  });

  /** Stores a novel with the cover 1. */
  async function createNovel(): Promise<Novel> {
    const sent = await novelForm.parse(toData({ title: "One", cover: png(1) }));
    assert.ok(sent.valid);
    const novel = await sent.save();
    assert.ok(novel !== null);
    return novel;
  }

  interface Situation {
    readonly name: string;
    /** What is sent for the stored novel with the cover 1; `{token}` stands for its hidden value. */
    readonly sent: Readonly<Record<string, string | File>>;
    /** Code of the error of the cover; "" for none. */
    readonly error?: string;
    /** Last byte of the cover that the row has afterwards; null for none. */
    readonly cover: number | null;
    /** Whether the form that is shown again has a hidden value. */
    readonly shown?: boolean;
    /** Uploads that wait for the form to be right. */
    readonly kept?: number;
  }
  const situations: readonly Situation[] = [
    { name: "nothing was sent", sent: {}, cover: 1 },
    { name: "the hidden value was sent", sent: { "cover.stored": "{token}" }, cover: 1 },
    { name: "a new file was sent", sent: { cover: png(2), "cover.stored": "{token}" }, cover: 2 },
    { name: "a new file at its limit was sent", sent: { cover: png(2, 100) }, cover: 2 },
    { name: "the box was ticked", sent: { "cover.clear": "true", "cover.stored": "{token}" }, cover: null },
    { name: "the box was ticked, and the hidden value is forged", sent: { "cover.clear": "true", "cover.stored": "x" }, cover: null },
    {
      name: "a file and the box",
      sent: { cover: png(2), "cover.clear": "true", "cover.stored": "{token}" },
      error: "file_both",
      cover: 1,
      shown: true,
    },
    { name: "a file over its limit", sent: { cover: png(2, 101), "cover.stored": "{token}" }, error: "file_large", cover: 1, shown: true },
    {
      name: "a file of another type",
      sent: { cover: new File(["GIF89a, or so"], "a.png", { type: "image/png" }), "cover.stored": "{token}" },
      error: "file_type",
      cover: 1,
      shown: true,
    },
    {
      name: "an empty file",
      sent: { cover: new File([], "a.png"), "cover.stored": "{token}" },
      error: "file_empty",
      cover: 1,
      shown: true,
    },
    {
      name: "a hidden value that is a key",
      sent: { "cover.stored": "covers/2026/11/other.png" },
      error: "file_gone",
      cover: 1,
      shown: false,
    },
    { name: "a hidden value that was changed", sent: { "cover.stored": "{token}x" }, error: "file_gone", cover: 1, shown: false },
    { name: "an error elsewhere", sent: { title: "", "cover.stored": "{token}" }, cover: 1, shown: true },
    {
      name: "an error elsewhere, with a new file",
      sent: { title: "", cover: png(2), "cover.stored": "{token}" },
      cover: 1,
      shown: true,
      kept: 1,
    },
    {
      name: "the database refuses another value",
      sent: { title: "Two", cover: png(2), "cover.stored": "{token}" },
      cover: 1,
      shown: true,
      kept: 1,
    },
  ];
  for (const { name, sent: values, error = "", cover, shown, kept = 0 } of situations)
    it(`leave one file for the row when it is changed: ${name}`, async () => {
      const { store } = state;
      const novel = await createNovel();
      await Novel.create({ title: "Two" });
      const token = tokenOf(await novelForm.from(novel), "cover") ?? "";
      assert.notEqual(token, "");
      const data = Object.entries({ title: "New", ...values }).map(([key, value]): [string, string | File] => [
        key,
        typeof value === "string" ? value.replace("{token}", token) : value,
      ]);
      const sent = await novelForm.parse(toData(Object.fromEntries(data)));
      const saved = sent.valid ? await sent.saveTo(novel) : null;
      assert.equal(saved === null, shown !== undefined, JSON.stringify(sent.errors()));
      assert.equal(sent.errors("cover")[0]?.code ?? "", error);
      if (shown !== undefined) assert.equal(tokenOf(sent, "cover") !== undefined, shown);
      const { cover: key } = await Novel.get(novel.id);
      assert.equal(key === null ? null : await store.lastByte(key), cover);
      assert.equal(store.count("covers/"), cover === null ? 0 : 1);
      assert.equal(store.count("kept/"), kept);
    });

  it("need a file when the column does", async () => {
    const [none, some] = [await posterForm.parse({ title: "A" }), await posterForm.parse(toData({ title: "A", image: png(1) }))];
    assert.equal(none.errors("image")[0]?.code, "required");
    assert.ok(some.valid);
    const poster = await some.save();
    assert.ok(poster !== null);
    const shown = await posterForm.from(poster);
    assert.match(String(shown.render()), /Current file: [0-9a-z]{26}\.png/);
    assert.doesNotMatch(String(shown.render()), /type="file"[^>]* required/);
    const token = tokenOf(shown, "image")!;
    const again = await posterForm.parse({ title: "B", "image.stored": token });
    assert.ok(again.valid);
    assert.equal((await again.saveTo(poster))?.image, poster.image);
    // The file of one row says nothing about another one.
    const copied = await posterForm.parse({ title: "C", "image.stored": token });
    assert.ok(copied.valid);
    assert.equal(await copied.save(), null);
    assert.deepEqual(
      copied.errors().map(({ field }) => field),
      ["image"],
    );
    const cleared = await posterForm.parse({ title: "D", "image.stored": token, "image.clear": "true" });
    assert.equal(cleared.errors("image")[0]?.code, "required");
    assert.equal(state.store.keys.size, 1);
  });

  it("keep a new file until the form is right", async () => {
    const { store } = state;
    const wrong = await novelForm.parse(toData({ title: "", cover: png(3) }));
    const token = tokenOf(wrong, "cover")!;
    assert.match(String(wrong.render()), /Remove cover-3\.png/);
    const stillWrong = await novelForm.parse({ title: "", "cover.stored": token });
    assert.equal(tokenOf(stillWrong, "cover"), token);
    assert.equal(store.count("kept/"), 1);
    const right = await novelForm.parse({ title: "Right", "cover.stored": token });
    assert.ok(right.valid);
    const novel = await right.save();
    assert.equal(await store.lastByte(novel!.cover!), 3);
    assert.deepEqual([store.count("covers/"), store.count("kept/")], [1, 0]);
    // A form that is sent twice gives no two rows one file.
    const twice = await novelForm.parse({ title: "Twice", "cover.stored": token });
    assert.equal(twice.errors("cover")[0]?.code, "file_gone");
  });

  it("check a kept file again, with the rules of its field", async () => {
    const large = await posterForm.parse(toData({ title: "", image: png(1, 500) }));
    const sent = await novelForm.parse({ title: "A", "cover.stored": tokenOf(large, "image")! });
    assert.equal(sent.errors("cover")[0]?.code, "file_large");
  });

  it("keep a file when the handler adds an error", async () => {
    const sent = await novelForm.parse(toData({ title: "A", cover: png(1) }));
    assert.ok(sent.valid);
    sent.addError("title", "Choose another title.");
    assert.equal(tokenOf(sent, "cover"), undefined);
    await sent.keepFiles();
    await sent.keepFiles();
    assert.notEqual(tokenOf(sent, "cover"), undefined);
    assert.equal(state.store.count("kept/"), 1);
  });

  it("undo with the transaction around them", async () => {
    const { store } = state;
    const novel = await createNovel();
    const before = novel.cover!;
    const failure = new Error("Later");
    await assert.rejects(
      transaction(async () => {
        const sent = await novelForm.parse(toData({ title: "New", cover: png(2) }));
        assert.ok(sent.valid);
        assert.ok((await sent.saveTo(novel)) !== null);
        assert.equal(store.count("covers/"), 2);
        throw failure;
      }),
      failure,
    );
    assert.deepEqual([...store.keys], [before]);
    assert.equal((await Novel.get(novel.id)).cover, before);
  });

  it("write nothing when the storage refuses", async () => {
    state.store.refusals = 1;
    const sent = await novelForm.parse(toData({ title: "A", cover: png(1) }));
    assert.ok(sent.valid);
    await assert.rejects(sent.save(), { code: "E_STORAGE_UNAVAILABLE" });
    assert.deepEqual([await Novel.count(), state.store.keys.size], [0, 0]);
  });

  it("leave the file when a row that was read earlier is saved", async () => {
    const novel = await createNovel();
    const early = await Novel.get(novel.id);
    const sent = await novelForm.parse(toData({ title: "New", cover: png(2) }));
    assert.ok(sent.valid);
    await sent.saveTo(novel);
    const late = await novelForm.parse({ title: "Late" });
    assert.ok(late.valid);
    await late.saveTo(early);
    assert.equal(await state.store.lastByte((await Novel.get(novel.id)).cover!), 2);
  });

  for (const [name, sends, rows] of parallel)
    it(`leave no file behind when ${name} at the same time`, async () => {
      const { store } = state;
      const novel = await createNovel();
      const plate = await Plate.create({ caption: "A", image: "plates/none.png", novel });
      const send = async (values: Readonly<Record<string, string | File>>): Promise<void> => {
        const isPlate = "plates.count" in values;
        const sent = await (isPlate ? platesForm : novelForm).parse(
          toData({ title: "One", ...values, ...(isPlate && { "plates.0.id": String(plate.id) }) }),
        );
        assert.ok(sent.valid, JSON.stringify(sent.errors()));
        // Rows that another request has deleted are refused.
        await sent
          .saveTo(await Novel.get(novel.id))
          .catch((error: unknown) =>
            assert.ok(error instanceof GableError && /^E_(?:ROW_MISSING|TRANSACTION_CONFLICT)$/.test(error.code), String(error)),
          );
      };
      await send({ "plates.count": "1", "plates.0.caption": "A", "plates.0.image": png(9) });
      for (let round = 1; round <= 3; round++) {
        await Promise.all(sends.map(send));
        const { cover } = await Novel.get(novel.id);
        const plates = await Plate.where({ novel });
        // Uploads of a form that is shown again are kept for an hour.
        const keys = [...store.keys].filter((key) => !key.startsWith("kept/"));
        assert.deepEqual(keys.toSorted(), [cover, ...plates.map(({ image }) => image)].filter((key) => key !== null).toSorted());
        assert.equal(plates.length, rows);
      }
    });

  it("delete no file of a row that had none when it was loaded", async () => {
    const { store } = state;
    const novel = await createNovel();
    const [early, empty] = [await Novel.get(novel.id), await Novel.get(novel.id)];
    empty.cover = null;
    await empty.save();
    const cleared = await novelForm.parse({ title: "One", "cover.clear": "true" });
    assert.ok(cleared.valid);
    early.cover = "covers/other.png";
    await early.save();
    // It has no file as it was loaded, so that nothing is written and nothing deleted.
    assert.ok((await cleared.saveTo(empty)) !== null);
    assert.equal((await Novel.get(novel.id)).cover, "covers/other.png");
    assert.equal(store.count("covers/"), 1);
  });

  it("go with the stored row, not with an older one, also when it is soft-deleted", async () => {
    const [older, draft] = [await Draft.create({ image: "old.png" }), await Draft.create({})];
    const late = await Draft.get(older.id);
    for (const [row, isDeleted] of [
      [older, false],
      [late, true],
    ] as const) {
      if (isDeleted) await (await Draft.get(row.id)).delete();
      const sent = await draftForm.parse(toData({ image: png(1) }));
      assert.ok(sent.valid && (await sent.saveTo(row)) !== null);
      assert.deepEqual([...state.store.keys], [row.image]);
    }
    assert.equal((await Draft.get(draft.id)).image, null);
  });

  it("work in the rows of sets", async () => {
    const { store } = state;
    const row = (index: number, values: Readonly<Record<string, string | File>>): Readonly<Record<string, string | File>> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`plates.${index}.${name}`, value]));
    const first = await platesForm.parse(
      toData({ title: "", "plates.count": "2", ...row(0, { caption: "A", image: png(1) }), ...row(1, { image: png(2) }) }),
    );
    assert.deepEqual(
      first.errors().map(({ field }) => field),
      ["title", "plates.1.caption"],
    );
    const tokens = [0, 1].map((index) => tokenOf(first, `plates.${index}.image`)!);
    const grown = await platesForm.parse({
      "plates.add": "",
      "plates.count": "2",
      "plates.0.image.stored": tokens[0]!,
      "plates.1.image.stored": tokens[1]!,
    });
    assert.deepEqual(
      [0, 1].map((index) => tokenOf(grown, `plates.${index}.image`)),
      tokens,
    );
    const second = await platesForm.parse({
      title: "A",
      "plates.count": "2",
      ...row(0, { caption: "A", "image.stored": tokens[0]! }),
      ...row(1, { caption: "B", "image.stored": tokens[1]! }),
    });
    assert.ok(second.valid, JSON.stringify(second.errors()));
    const novel = (await second.save())!;
    assert.deepEqual([store.count("plates/"), store.count("kept/")], [2, 0]);
    const plates = await Plate.where().orderBy("id");
    const third = await platesForm.parse(
      toData({
        title: "A",
        "plates.count": "2",
        ...row(0, { id: String(plates[0]!.id), delete: "true" }),
        ...row(1, { id: String(plates[1]!.id), caption: "C", image: png(5) }),
      }),
    );
    assert.ok(third.valid);
    assert.ok((await third.saveTo(novel)) !== null);
    const [left] = await Plate.where();
    assert.equal(await store.lastByte(left!.image), 5);
    assert.equal(store.count("plates/"), 1);
  });
});

describe("new files of a form", () => {
  it("stay when nobody knows whether their row was stored, and go in every other case", async () => {
    const store = new ListedStore();
    const app = gable({ mode: "test", storage: { store } });
    await app.start();
    try {
      const sent = await novelForm.parse(toData({ title: "A", cover: png(1) }));
      assert.ok(sent.valid);
      const upload = { path: "cover", name: "cover", values: sent.data, file: sent.data.cover!, prefix: "covers" };
      const files = await SavedFiles.store([upload]);
      await files.discard(new GableError("E_COMMIT_UNKNOWN", "The connection was lost."));
      assert.equal(store.keys.size, 1);
      await files.discard(new Error("Refused"));
      assert.equal(store.keys.size, 0);
    } finally {
      await app.close();
    }
  });
});
