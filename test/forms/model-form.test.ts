/** Forms of models: what comes from the model, what is stored, and what the database refuses. */
import assert from "node:assert/strict";
import diagnostics from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { Model, field as c, transaction } from "gable/data";
import { field as f, inlineSet, modelForm } from "gable/forms";
import { gable, get, html, page, post, redirect } from "gable";
import { createTestClient } from "gable/testing";
import { render } from "gable/views";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { models, Photo, Post, postForm, Tag, User } from "./models.ts";

const good = { title: "Hello World", slug: "", body: "A text.", status: "draft", pages: "1" };
const pairs = (record: Readonly<Record<string, string | readonly string[]>>) =>
  Object.entries(record).flatMap(([name, value]) => [value].flat().map((each) => [name, each] as const));
let counter = 0;
const author = () => User.create({ name: "Ann", email: `ann${++counter}@example.com` });
const codes = (form: { errors(): readonly { field: string | null; code: string }[] }) =>
  form.errors().map(({ field, code }) => `${field} ${code}`);

describe("definitions of model forms", () => {
  it("come from the model: labels, help, limits, choices, controls", () => {
    const { fields } = postForm.blank();
    assert.match(
      String(html`${fields.title}`),
      /<label for="post-title">Title<\/label>\n  <p class="help" id="post-title-help">Shown in lists\.<\/p>\n  <input type="text"[^>]*maxlength="200" required/,
    );
    assert.match(
      String(html`${fields.body}`),
      /<p class="help" id="post-body-help">Markdown\.<\/p>\n  <textarea name="body" id="post-body" rows="12" required/,
    );
    assert.match(String(html`${fields.status}`), /type="radio"[^>]*value="draft" checked/);
    assert.match(
      String(html`${fields.pages}`),
      /type="number" name="pages" id="post-pages" value="1" min="1" max="2147483647" step="1" required/,
    );
    assert.match(String(fields.subtitle.label), /\(optional\)/);
    assert.match(String(fields.slug.label), /\(optional\)/);
    assert.equal(postForm.name, "post");
  });

  it("are refused at the start when a field cannot be in a form", () => {
    const wrong: ReadonlyArray<readonly [() => unknown, string, RegExp]> = [
      [() => modelForm(User, { fields: ["password"] }), "E_FIELD_SECRET", /lists "password", which is secret/],
      [() => modelForm(User, { fields: ["isAdmin"] }), "E_FORM_FIELD", /lists "isAdmin", which is not editable/],
      [() => modelForm(User, { fields: ["id"] }), "E_FORM_FIELD", /not editable/],
      [() => modelForm(Post, { fields: ["version"] }), "E_FORM_FIELD", /not editable/],
      [() => modelForm(User, { fields: ["nmae" as "name"] }), "E_FIELD_UNKNOWN", /lists "nmae", but the model has no such field/],
      [() => modelForm(Post, { fields: ["authorId" as "author"] }), "E_FIELD_UNKNOWN", /lists "authorId"/],
      [() => modelForm(Post, { fields: ["photos"] }), "E_FORM_FIELD", /whose rows hold the key/],
      [
        () => modelForm(Post, { fields: ["title"], override: { body: {} } as never }),
        "E_FIELD_UNKNOWN",
        /names "body", which is not in fields/,
      ],
      [() => modelForm(Post, { fields: ["title"], extra: { title: f.text() } }), "E_FORM_FIELD", /two fields named "title"/],
      [() => modelForm(Post, { fields: [] }), "E_OPTION_INVALID", /option "fields"/],
      [() => modelForm(Post, { fields: ["title"], feilds: [] } as never), "E_OPTION_UNKNOWN", /no option "feilds"/],
      [
        () => modelForm(Post, { fields: ["title"], sets: { tags: inlineSet(Tag, { fields: ["name"] }) } }),
        "E_FORM_FIELD",
        /Tag does not belong to Post/,
      ],
      [
        () => modelForm(User, { fields: ["name"], sets: { posts: inlineSet(Post, { fields: ["title"] }) } }),
        "E_FORM_FIELD",
        /Post belongs to User by "author", "editor"/,
      ],
      [() => inlineSet(Photo, { fields: ["position"] }), "E_FORM_FIELD", /which the rows of a set use themselves/],
      [() => inlineSet(Photo, { fields: ["image"], ordered: "image" }), "E_OPTION_INVALID", /option "ordered"/],
      [() => inlineSet(Photo, { fields: ["image"], mx: 3 } as never), "E_OPTION_UNKNOWN", /no option "mx"/],
    ];
    for (const [make, code, message] of wrong) assert.throws(make, { code, message });
    assert.doesNotThrow(() => modelForm(User, { fields: ["name"], sets: { posts: inlineSet(Post, { fields: ["title"], by: "author" }) } }));
  });

  it("show every type of column, and give values that the column stores", async () => {
    class All extends Model("form_all", {
      id: c.id(),
      uuid: c.uuid(),
      text: c.text({ max: 5, blank: true }),
      url: c.url(),
      int: c.int(),
      bigint: c.bigint(),
      float: c.float(),
      decimal: c.decimal({ digits: 5, scale: 2 }),
      boolean: c.boolean(),
      maybe: c.boolean({ null: true }),
      date: c.date(),
      time: c.time(),
      datetime: c.datetime(),
      json: c.json<{ a: number }>(),
      ip: c.ip(),
      duration: c.duration(),
      numbers: c.array(c.int(), { max: 2 }),
      words: c.array(c.text({ max: 3 }), { null: true }),
      even: c.int({ validate: (value) => (value % 2 === 0 ? undefined : "Use an even number.") }),
    }) {}
    const form = modelForm(All, {
      fields: [
        "uuid",
        "text",
        "url",
        "int",
        "bigint",
        "float",
        "decimal",
        "boolean",
        "maybe",
        "date",
        "time",
        "datetime",
        "json",
        "ip",
        "duration",
        "numbers",
        "words",
        "even",
      ],
    });
    const typed = {
      uuid: "0190163D-8694-739B-AEA5-966C26F8AD91",
      text: "",
      url: "example.com",
      int: "1e3",
      bigint: "9007199254740993",
      float: "0.5",
      decimal: "7",
      maybe: "",
      date: "2026-11-20",
      time: "10:12:30",
      datetime: "2026-11-20T10:12:30.5",
      json: '{"a": 1}',
      ip: "2001:DB8:0::1",
      duration: "1500",
      numbers: "1\n2",
      words: "",
      even: "4",
    };
    const sent = await form.parse(pairs(typed));
    assert.deepEqual(codes(sent), []);
    assert.ok(sent.valid);
    const expected = {
      uuid: "0190163d-8694-739b-aea5-966c26f8ad91",
      text: "",
      url: "https://example.com",
      int: 1000,
      bigint: 9007199254740993n,
      float: 0.5,
      decimal: "7.00",
      boolean: false,
      maybe: null,
      date: "2026-11-20",
      time: "10:12:30",
      datetime: new Date("2026-11-20T10:12:30.500Z"),
      json: { a: 1 },
      ip: "2001:db8::1",
      duration: 1500,
      numbers: [1, 2],
      words: null,
      even: 4,
    };
    assert.deepEqual(sent.data, expected);
    const refused = await form.parse(
      pairs({ ...typed, int: "2147483648", ip: "1.2.3", numbers: "1\n2\n3", words: "long", even: "3", text: "123456", float: "x" }),
    );
    assert.deepEqual(codes(refused), [
      "text too_long",
      "int too_large",
      "float number",
      "ip invalid",
      "numbers invalid",
      "words invalid",
      "even custom",
    ]);
  });
});

describeOnDatabases("model forms", models, (open) => {
  const submit = (values: Readonly<Record<string, string | readonly string[]>> = {}) => postForm.parse(pairs({ ...good, ...values }));
  const create = async (values: Readonly<Record<string, string | readonly string[]>> = {}) => {
    const sent = await submit(values);
    assert.deepEqual(codes(sent), []);
    assert.ok(sent.valid);
    const stored = await sent.save({ author: await author() });
    assert.deepEqual(codes(sent), []);
    return stored!;
  };

  it("create a row with its links and its set, in one transaction", async () => {
    const [red, blue] = [await Tag.create({ name: "red" }), await Tag.create({ name: "blue" })];
    const stored = await create({
      tags: [String(blue.id), String(red.id), String(red.id)],
      "photos.count": "3",
      "photos.0.image": "a.png",
      "photos.0.position": "2",
      "photos.1.image": "b.png",
      "photos.1.position": "1",
      "photos.2.position": "3",
    });
    assert.deepEqual(
      { ...stored.toJSON(), id: 0, authorId: 0 },
      {
        id: 0,
        title: "Hello World",
        slug: "hello-world",
        body: "A text.",
        status: "draft",
        pages: 1,
        subtitle: null,
        isPinned: false,
        version: 0,
        authorId: 0,
        editorId: null,
      },
    );
    assert.deepEqual((await stored.tags).map(({ name }) => name).sort(), ["blue", "red"]);
    const photos = await Photo.where({ post: stored }).orderBy("position");
    assert.deepEqual(
      photos.map(({ image, position, caption }) => [image, position, caption]),
      [
        ["b.png", 1, null],
        ["a.png", 2, null],
      ],
    );
  });

  it("take a transaction where they write more than a row, or where hooks may write", async () => {
    class Hooked extends Tag {
      beforeSave(): void {}
    }
    const link = modelForm(Post, { fields: ["title", "body", "tags"] });
    const plain = modelForm(Tag, { fields: ["name"] });
    const hooked = modelForm(Hooked, { fields: ["name"] });
    let count = 0;
    const note = (): number => ++count;
    diagnostics.subscribe("gable.data.transaction", note);
    try {
      const [one, linked, own, inner] = [
        await plain.parse({ name: "plain" }),
        await link.parse({ title: "T", body: "B" }),
        await hooked.parse({ name: "hooked" }),
        await plain.parse({ name: "inner" }),
      ];
      assert.ok(one.valid && linked.valid && own.valid && inner.valid);
      const writer = await author();
      const saves: ReadonlyArray<readonly [() => Promise<unknown>, number]> = [
        [() => one.save(), 0],
        [() => linked.save({ author: writer }), 1],
        [() => own.save(), 1],
        [() => transaction(() => inner.save()), 1],
      ];
      for (const [save, expected] of saves) {
        count = 0;
        assert.notEqual(await save(), null);
        assert.equal(count, expected, String(save));
      }
    } finally {
      diagnostics.unsubscribe("gable.data.transaction", note);
    }
    const { name } = await transaction(async () => {
      // The refused row takes nothing with it: on PostgreSQL an error ends a transaction that has no savepoint.
      const taken = await plain.parse({ name: "plain" });
      assert.ok(taken.valid);
      assert.equal(await taken.save(), null);
      return Tag.create({ name: "after" });
    });
    assert.equal(name, "after");
  });

  it("turn a taken value into an error of its field, with a code", async () => {
    await create();
    const taken = await submit({ slug: "hello-world" });
    assert.ok(taken.valid);
    assert.equal(await taken.save({ author: await author() }), null);
    assert.deepEqual(
      [taken.valid as boolean, taken.status, taken.errors()],
      [false, 422, [{ field: "slug", code: "unique", message: "This slug is taken.", params: {} }]],
    );
    assert.match(String(taken.summary), /Slug: This slug is taken\./);
    const custom = modelForm(Tag, { fields: ["name"], override: { name: { messages: { unique: "Another tag has this name." } } } });
    await Tag.create({ name: "x" });
    const sent = await custom.parse({ name: "x" });
    assert.ok(sent.valid);
    assert.equal(await sent.save(), null);
    assert.deepEqual(
      sent.errors().map(({ message }) => message),
      ["Another tag has this name."],
    );
  });

  it("names the whole form, or the field that it has, for a rule over several fields", async () => {
    const user = await author();
    const first = await submit();
    assert.ok(first.valid && (await first.save({ author: user })));
    const second = await submit({ slug: "other" });
    assert.ok(second.valid);
    assert.equal(await second.save({ author: user }), null);
    assert.deepEqual(
      second.errors().map(({ field, code, message }) => [field, code, message]),
      [["title", "unique", "This author has a post with this title already."]],
    );
    const bodyForm = modelForm(Post, { fields: ["body"] });
    const third = await bodyForm.parse({ body: "x" });
    assert.ok(third.valid);
    assert.equal(await third.save({ author: user, title: "Hello World", slug: "third" }), null);
    assert.deepEqual(
      third.errors().map(({ field, code }) => [field, code]),
      [[null, "unique"]],
    );
    assert.match(third.errors()[0]!.message, /This author has a post with this title already\./);
  });

  it("name checks, foreign keys, and the model's own check", async () => {
    const many = await submit({ pages: "1000" });
    assert.ok(many.valid);
    assert.equal(await many.save({ author: await author() }), null);
    assert.deepEqual(
      many.errors().map(({ code }) => code),
      ["check"],
    );
    const repeated = await submit({ title: "Same", body: "Same" });
    assert.ok(repeated.valid);
    assert.equal(await repeated.save({ author: await author() }), null);
    assert.deepEqual(
      repeated.errors().map(({ field, message }) => [field, message]),
      [["body", "The body only repeats the title."]],
    );
    const orphan = await submit({ slug: "orphan" });
    assert.ok(orphan.valid);
    assert.equal(await orphan.save({ author: 999_999 }), null);
    assert.deepEqual(
      orphan.errors().map(({ code }) => code),
      ["foreign_key"],
    );
    assert.equal(await Post.count(), 0);
  });

  it("leave nothing behind when a row of the set is refused", async () => {
    const user = await author();
    const sent = await submit({
      "photos.count": "2",
      "photos.0.image": "a",
      "photos.0.caption": "same",
      "photos.1.image": "b",
      "photos.1.caption": "same",
    });
    assert.ok(sent.valid);
    assert.equal(await sent.save({ author: user }), null);
    assert.deepEqual(codes(sent), ["photos.1.caption unique"]);
    assert.match(String(sent.summary), /<a href="#post-photos-1-caption">Photos 2, Caption: This caption is taken\.<\/a>/);
    assert.deepEqual([await Post.count(), await Photo.count()], [0, 0]);
  });

  it("say which values are wrong before they are stored", async () => {
    const sent = await submit({ title: "x".repeat(201), pages: "0", status: "published", body: "abc", tags: ["999"], editor: "7" });
    assert.deepEqual(
      sent.errors().map(({ field, message }) => [field, message]),
      [
        ["title", "Shorter, please."],
        ["pages", "Enter 1 or more."],
        ["tags", "Choose one of the entries."],
      ],
    );
    assert.deepEqual(codes(await submit({ status: "published", body: "abc" })), ["body custom"]);
  });

  it("show a row, and change it", async () => {
    const tag = await Tag.create({ name: "red" });
    const stored = await create({ tags: String(tag.id), "photos.count": "2", "photos.0.image": "a", "photos.1.image": "b" });
    const shown = await postForm.from(stored);
    assert.deepEqual(
      [shown.value("title"), shown.value("slug"), shown.value("photos.0.image"), shown.value("photos.1.image")],
      ["Hello World", "hello-world", "a", "b"],
    );
    assert.equal(String(shown.hidden[0]), '<input type="hidden" name="version" value="0">');
    const [first, second] = await Photo.where().orderBy("position");
    const sent = await submit({
      title: "Other",
      slug: "hello-world",
      version: "0",
      tags: [],
      "photos.count": "3",
      "photos.0.id": String(first!.id),
      "photos.0.image": "a2",
      "photos.0.position": "9",
      "photos.1.id": String(second!.id),
      "photos.1.image": "b",
      "photos.1.delete": "true",
      "photos.2.image": "c",
      "photos.2.position": "1",
    });
    assert.ok(sent.valid);
    assert.deepEqual(
      sent.data.photos.map(({ image }) => image),
      ["c", "a2"],
    );
    assert.equal(await sent.saveTo(stored), stored);
    const again = await Post.get(stored.id);
    assert.deepEqual([again.title, again.version, (await again.tags).length], ["Other", 1, 0]);
    assert.deepEqual(
      (await Photo.where().orderBy("position")).map(({ id, image, position }) => [id === first!.id, image, position]),
      [
        [false, "c", 1],
        [true, "a2", 2],
      ],
    );
  });

  it("refuse rows of a set that belong to another row", async () => {
    const mine = await create();
    const other = await create({ title: "Other", "photos.count": "1", "photos.0.image": "theirs" });
    const [theirs] = await Photo.where({ post: other });
    for (const attack of [{ "photos.0.image": "mine" }, { "photos.0.delete": "true" }]) {
      const sent = await submit({ version: "0", "photos.count": "1", "photos.0.id": String(theirs!.id), ...attack });
      assert.ok(sent.valid);
      assert.equal(await sent.saveTo(await Post.get(mine.id)), null);
      assert.deepEqual(codes(sent), ["photos set_row"]);
    }
    const created = await submit({ title: "Third", "photos.count": "1", "photos.0.id": String(theirs!.id), "photos.0.image": "mine" });
    assert.ok(created.valid);
    assert.equal(await created.save({ author: await author() }), null);
    assert.deepEqual(
      (await Photo.where()).map(({ image }) => image),
      ["theirs"],
    );
    const [own] = await Photo.where({ post: other });
    const twice = await submit({
      title: "Other",
      slug: "other",
      version: "0",
      "photos.count": "2",
      "photos.0.id": String(own!.id),
      "photos.0.image": "1",
      "photos.1.id": String(own!.id),
      "photos.1.image": "2",
    });
    assert.ok(twice.valid);
    assert.equal(await twice.saveTo(await Post.get(other.id)), null);
    assert.equal((await Post.get(mine.id)).version, 0);
  });

  it("show and change a row whose relations were loaded with it", async () => {
    const [red, blue] = [await Tag.create({ name: "red" }), await Tag.create({ name: "blue" })];
    const editForm = modelForm(Post, { fields: ["title", "author", "tags"] });
    const { id } = await create({ tags: String(red.id) });
    const stored = await Post.where({ id }).with({ author: true, tags: true }).first();
    const other = await author();
    const shown = await editForm.from(stored!);
    assert.deepEqual([shown.value("author"), shown.value("tags")], [String(stored!.author.id), String(red.id)]);
    const sent = await editForm.parse(pairs({ title: "Hello World", version: "0", author: String(other.id), tags: String(blue.id) }));
    assert.ok(sent.valid, String(sent.summary));
    assert.ok(await sent.saveTo(stored!), JSON.stringify(sent.errors()));
    assert.deepEqual([stored!.authorId, (await stored!.tags).map(({ name }) => name)], [other.id, ["blue"]]);
    const again = await Post.where({ id }).with({ author: true, tags: true }).first();
    assert.deepEqual([again!.author.id, again!.tags.map(({ name }) => name)], [other.id, ["blue"]]);
  });

  for (const [what, first, second] of [
    ["links", { tags: "red" }, { tags: "blue" }],
    ["rows of sets", { "photos.count": "1", "photos.0.image": "a" }, { "photos.count": "1", "photos.0.image": "b" }],
  ] as const)
    it(`answer 409 to a form when only ${what} have changed meanwhile`, async () => {
      const tags = new Map([
        ["red", await Tag.create({ name: "red" })],
        ["blue", await Tag.create({ name: "blue" })],
      ]);
      const stored = await create();
      const send = async (changes: Readonly<Record<string, string>>) => {
        const tag = changes["tags"] === undefined ? {} : { tags: String(tags.get(changes["tags"])!.id) };
        const sent = await submit({ title: "Hello World", slug: "hello-world", version: "0", ...changes, ...tag });
        assert.ok(sent.valid, String(sent.summary));
        return sent;
      };
      const [late, stale] = [await send(second), await send(second)];
      // This one has read the row before the other is saved.
      const readBefore = await Post.get(stored.id);
      assert.ok(await (await send(first)).saveTo(await Post.get(stored.id)));
      for (const [form, row] of [
        [late, readBefore],
        [stale, await Post.get(stored.id)],
      ] as const) {
        assert.equal(await form.saveTo(row), null);
        assert.deepEqual([form.status, codes(form)], [409, ["null stale"]]);
      }
      const again = await Post.where({ id: stored.id }).with({ tags: true, photos: true }).first();
      const names = [...again!.tags.map(({ name }) => name), ...again!.photos.map(({ image }) => image)];
      assert.deepEqual([again!.version, names], [1, [what === "links" ? "red" : "a"]]);
    });

  it("answer 409 to a form whose row has changed meanwhile, or whose version is missing", async () => {
    const stored = await create();
    for (const version of ["1", "", "x"]) {
      const stale = await submit({ title: "Mine", slug: "hello-world", version });
      assert.ok(stale.valid);
      assert.equal(await stale.saveTo(stored), null);
      assert.deepEqual([stale.status, codes(stale)], [409, ["null stale"]]);
    }
    // Another one saves between the read and the write.
    const late = await Post.get(stored.id);
    await (await Post.get(stored.id)).set({ title: "Theirs" }).save();
    const sent = await submit({ title: "Mine", slug: "hello-world", version: "0" });
    assert.ok(sent.valid);
    assert.equal(await sent.saveTo(late), null);
    assert.equal(sent.status, 409);
    assert.equal((await Post.get(stored.id)).title, "Theirs");
    assert.match(String(await render(sent.render())), /name="version" value="0"/);
  });

  it("store exactly one of two forms that are sent at the same time with one unique value", async () => {
    const users = await Promise.all([author(), author(), author(), author()]);
    const results = await Promise.all(
      users.map(async (user) => {
        const sent = await submit({ slug: "hello-world" });
        assert.ok(sent.valid);
        const row = await sent.save({ author: user });
        return row === null ? codes(sent).join() : "stored";
      }),
    );
    assert.deepEqual(results.sort(), ["slug unique", "slug unique", "slug unique", "stored"]);
    assert.equal(await Post.count(), 1);
  });

  it("choose a row by the query that its choices come from", async () => {
    const [ann, bob] = [await author(), await author()];
    const editors = modelForm(Post, {
      fields: ["title", "body", "editor", "author"],
      override: { editor: { query: () => User.where({ id: ann.id }) } },
    });
    const send = (editor: string) => editors.parse({ title: "T", body: "B", editor, author: String(bob.id) });
    const found = await send(String(ann.id));
    assert.ok(found.valid);
    assert.deepEqual([found.data.editor?.id, found.data.author.id], [ann.id, bob.id]);
    for (const editor of [String(bob.id), "0", "-1", "1e0", "x", "99999999999999999999"])
      assert.deepEqual(codes(await send(editor)), ["editor relation"], editor);
    assert.deepEqual(codes(await send("")), []);
    open().statements.length = 0;
    await send(String(ann.id));
    assert.equal(open().statements.length, 2, "one statement for each relation");
    const stored = await found.save({ slug: "t" });
    assert.equal(stored?.authorId, bob.id);
    const drawn = String(await render(html`${(await editors.from(stored!)).fields.editor}`));
    assert.match(
      drawn,
      new RegExp(
        `<select name="editor" id="post-editor"><option value="">None</option><option value="${ann.id}" selected>Ann</option></select>`,
      ),
    );
  });

  for (const [name, extra, sent] of [
    ["password", f.password(), "plain text"],
    ["isAdmin", f.boolean(), "true"],
    ["id", f.int(), "777"],
  ] as const)
    it(`neither show nor store the extra field "${name}", although the model has a column of this name`, async () => {
      const userForm = modelForm(User, { fields: ["name", "email"], extra: { [name]: extra } });
      const send = () => userForm.parse(pairs({ name: "Eve", email: "eve@example.com", [name]: sent }));
      const sentForm = await send();
      assert.ok(sentForm.valid);
      const made = (await sentForm.save()) as User;
      const stored = await User.get(made.id);
      assert.deepEqual([stored.password, stored.isAdmin, stored.id === 777], ["", false, false]);
      stored.set({ password: "hash", isAdmin: true });
      await stored.save();
      assert.doesNotMatch(String((await userForm.from(stored)).render()), /value="hash"|checked/);
      const again = await send();
      assert.ok(again.valid);
      assert.ok(await again.saveTo(stored));
      assert.deepEqual([stored.password, stored.isAdmin, stored.id], ["hash", true, made.id]);
      await stored.delete();
    });
  it("leave everything alone that the form does not declare", async () => {
    const user = await author();
    const profile = modelForm(User, { fields: ["name"] });
    const before_ = (await User.get(user.id)).toJSON();
    const secret = (await User.get(user.id)).password;
    const names = [
      "id",
      "isAdmin",
      "is_admin",
      "password",
      "email",
      "__proto__",
      "constructor",
      "prototype",
      "author.role",
      "__proto__.polluted",
      "constructor.prototype.polluted",
      "name.x",
      "name[]",
      "name[0]",
      "[name]",
      "$meta",
      "toJSON",
      "save",
      "$where",
      "version",
      "id.0",
      "user.isAdmin",
      "isAdmin.count",
      "isAdmin.0.id",
      "isAdmin.add",
      ...Array.from(
        { length: 200 },
        (_, index) =>
          ["isAdmin", "id", "__proto__", "password"][index % 4]! +
          [".", "[", "%00", " ", "\u0000", "]", "-", "_", "/", "\\"][index % 10]! +
          index,
      ),
    ];
    for (const values of [names.map((name) => [name, "1"] as const), names.map((name) => [name, "true"] as const)]) {
      const sent = await profile.parse([["name", "New"], ...values]);
      assert.deepEqual(codes(sent), []);
      assert.ok(sent.valid);
      assert.deepEqual(Object.keys(sent.data), ["name"]);
      assert.ok(await sent.saveTo(await User.get(user.id)));
    }
    const record = JSON.parse(
      `{"name": "New", ${names.map((name) => `${JSON.stringify(name)}: {"polluted": true, "isAdmin": true}`).join(", ")}}`,
    ) as Record<string, unknown>;
    const sent = await profile.parse(record);
    assert.ok(sent.valid && (await sent.saveTo(await User.get(user.id))));
    const stored = await User.get(user.id);
    assert.deepEqual(stored.toJSON(), { ...before_, name: "New" });
    assert.equal(stored.password, secret);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal(await User.count(), 1);
  });

  it("create, edit and delete over HTTP, without a script", async () => {
    const user = await author();
    const render_ = { action: "/posts", submit: "Save" };
    const show = get("/posts/:id(int)", async ({ params }) => page(html`<h1>${(await Post.get(params.id)).title}</h1>`));
    const app = gable({
      mode: "production",
      logger: silentLogger,
      routes: [
        show,
        get("/posts/new", () => page(postForm.blank().render(render_))),
        post("/posts", { form: postForm }, async ({ form }) => {
          const created = form.valid && (await form.save({ author: user }));
          if (!created) return page(form.render(render_), { status: form.status });
          return redirect(show.url({ id: created.id }));
        }),
        get("/posts/:id(int)/edit", async ({ params }) => page((await postForm.from(await Post.get(params.id))).render())),
        post("/posts/:id(int)/edit", { form: postForm }, async ({ form, params }) => {
          const saved = form.valid && (await form.saveTo(await Post.get(params.id)));
          if (!saved) return page(form.render(), { status: form.status });
          return redirect(show.url({ id: saved.id }));
        }),
      ],
    });
    const client = createTestClient(app, { headers: { accept: "text/html" } });
    const blank = await client.get("/posts/new");
    assert.match(blank.body, /name="photos\.count" value="1"/);
    const grown = await client.post("/posts", {
      form: { ...good, title: "", "photos.count": "1", "photos.0.image": "kept.png", "photos.add": "1" },
    });
    assert.deepEqual([grown.status, grown.body.includes("error-summary")], [200, false]);
    assert.match(grown.body, /name="photos\.count" value="2"/);
    assert.match(grown.body, /name="photos\.0\.image"[^>]* value="kept\.png"/);
    assert.match(grown.body, /name="photos\.1\.image"[^>]* value=""/);
    const created = await client.post("/posts", { form: { ...good, "photos.count": "2", "photos.0.image": "kept.png" } });
    assert.equal(created.status, 303);
    assert.match((await created.follow()).body, /<h1>Hello World<\/h1>/);
    const [row] = await Post.where();
    const edit = await client.get(`/posts/${row!.id}/edit`);
    assert.match(edit.body, /value="kept\.png"/);
    const [photo] = await Photo.where();
    const changed = {
      ...good,
      title: "Changed",
      slug: "changed",
      version: "0",
      "photos.count": "1",
      "photos.0.id": String(photo!.id),
      "photos.0.delete": "true",
    };
    assert.equal((await client.post(`/posts/${row!.id}/edit`, { form: changed })).status, 303);
    assert.deepEqual([(await Post.get(row!.id)).title, await Photo.count()], ["Changed", 0]);
    const stale = await client.post(`/posts/${row!.id}/edit`, { form: changed });
    assert.deepEqual([stale.status, /Someone else changed this/.test(stale.body)], [409, true]);
  });
});
