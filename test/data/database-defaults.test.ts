/** Defaults that the database gives, the same on every database. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createDatabase, field as f, Model, now, sql } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";
import { refusedWith } from "./refused-with.ts";

class Ticket extends Model(
  "default_tickets",
  {
    id: f.id(),
    title: f.text({ max: 50 }),
    state: f.choice({ open: "Open", closed: "Closed" }, { default: sql`'open'` }),
    rank: f.int({ default: sql`3 + 4` }),
    big: f.bigint({ default: sql`9007199254740993` }),
    price: f.decimal({ digits: 8, scale: 2, default: sql`1.5` }),
    isDone: f.boolean({ default: sql`(1 = 0)` }),
    note: f.text({ max: 20, null: true, default: sql`'it''s'` }),
    made: f.datetime({ default: now() }),
    slug: f.slug({ unique: true, null: true }),
  },
  { validate: (ticket) => (ticket.rank === 13 ? { rank: "Unlucky" } : undefined) },
) {}

class Token extends Model("default_tokens", {
  code: f.text({ max: 40, primary: true, default: sql`'fixed'` }),
  size: f.int({ default: 1 }),
}) {}

describeOnDatabases("defaults of the database", [Ticket, Token], () => {
  const values = ({ state, rank, big, price, isDone, note }: Ticket): unknown => ({ state, rank, big, price, isDone, note });
  const made = { state: "open", rank: 7, big: 9007199254740993n, price: "1.50", isDone: false, note: "it's" };

  it("are returned with a new row, as stored", async () => {
    const before = Date.now() - 2_000;
    const ticket = await Ticket.create({ title: "one" });
    assert.deepEqual(values(ticket), made);
    assert.equal(ticket.made instanceof Date, true);
    assert.equal(ticket.made.getTime() > before && ticket.made.getTime() < Date.now() + 2_000, true);
    assert.deepEqual({ ...(await Ticket.get(ticket.id)) }, { ...ticket });
    // Nothing has changed since, so that nothing is stored.
    await ticket.save();
    ticket.rank = 8;
    await ticket.save();
    assert.equal((await Ticket.get(ticket.id)).rank, 8);
  });

  it("are overridden by values, including null", async () => {
    const ticket = await Ticket.create({ title: "two", rank: 1, note: null, state: "closed", price: "2.00" });
    assert.deepEqual(values(ticket), { ...made, rank: 1, note: null, state: "closed", price: "2.00" });
    assert.deepEqual(values(await Ticket.get(ticket.id)), values(ticket));
  });

  it("are undefined in a row that is not saved yet", async () => {
    const ticket = Ticket.build({ title: "three" });
    assert.equal(ticket.rank, undefined);
    await ticket.save();
    assert.equal(ticket.rank, 7);
  });

  it("are returned with many rows, each in its row", async () => {
    const tickets = await Ticket.createMany([
      { title: "a" },
      { title: "b", rank: 1 },
      { title: "c" },
      { title: "d", rank: 2, big: 5n },
      ...Array.from({ length: 25 }, (_, index) => ({ title: `e${index}` })),
    ]);
    assert.deepEqual(
      tickets.slice(0, 4).map(({ title, rank, big, state }) => [title, rank, big, state]),
      [
        ["a", 7, made.big, "open"],
        ["b", 1, made.big, "open"],
        ["c", 7, made.big, "open"],
        ["d", 2, 5n, "open"],
      ],
    );
    const stored = await Ticket.orderBy("id").limit(100);
    assert.deepEqual(
      tickets.map(({ id, title, made: at }) => [id, title, at.getTime()]).sort((one, other) => Number(one[0]) - Number(other[0])),
      stored.map(({ id, title, made: at }) => [id, title, at.getTime()]),
    );
  });

  it("are returned by createMany() that skips taken keys, upsert() and getOrCreate()", async () => {
    await Ticket.create({ title: "x", slug: "x", rank: 1 });
    const list = [
      { title: "y", slug: "x" },
      { title: "z", slug: "z" },
    ];
    const created = await Ticket.createMany(list, { onConflict: "ignore" });
    assert.deepEqual(
      created.map(({ title, rank }) => [title, rank]),
      [["z", 7]],
    );
    const upserted = await Ticket.upsert({ where: { slug: "w" }, create: { title: "w" }, update: { title: "again" } });
    assert.deepEqual(values(upserted), made);
    const again = await Ticket.upsert({ where: { slug: "x" }, create: { title: "w" }, update: { title: "again" } });
    assert.deepEqual([again.rank, again.title], [1, "again"]);
    const got = await Ticket.getOrCreate({ slug: "v" }, { title: "v" });
    assert.deepEqual(values(got), made);
    const changed = await Ticket.createMany([{ title: "u", slug: "u" }], { onConflict: { target: ["slug"], update: ["title"] } });
    assert.deepEqual(changed.map(values), [made]);
  });

  it("can be the key", async () => {
    const token = await Token.create({});
    assert.equal(token.code, "fixed");
    await assert.rejects(Token.create({}), refusedWith({ code: ["A row with this key already exists."] }));
    token.size = 2;
    await token.save();
    assert.equal((await Token.get("fixed")).size, 2);
  });

  it("are validated like values of the model", async () => {
    await assert.rejects(Ticket.create({ title: "x", rank: 13 }), { code: "E_VALIDATION" });
    assert.equal(Ticket.$meta.fields.get("rank")?.hasDatabaseDefault, true);
    assert.equal(Ticket.$meta.fields.get("rank")?.hasDefault, true);
    assert.equal(Ticket.$meta.fields.get("slug")?.hasDatabaseDefault, false);
  });
});

it("rejects a default that is neither a value nor an expression", async () => {
  class Count extends Model("default_counts", {
    id: f.id(),
    size: f.int({ default: Token.where().values((row) => ({ n: row.count() })) as never }),
  }) {}
  await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Count], bind: false }), { code: "E_MODEL_INVALID" });
});
