/** Secret fields: code reads them and compares them with a value; nothing shows them, and nothing ranks rows by them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { belongsTo, createDatabase, field as f, hasMany, Model, rank, sql } from "../../src/data.ts";
import { describeOnDatabases, placeSqlite } from "./databases.ts";

const token = "s3cr3t-t0ken";

class Group extends Model("secret_groups", { id: f.id(), name: f.text({ max: 20 }), users: () => hasMany(User) }) {}
class User extends Model("secret_users", {
  id: f.id(),
  name: f.text({ max: 20 }),
  score: f.int({ default: 0 }),
  token: f.text({ max: 40, secret: true, unique: true, null: true }),
  pin: f.int({ secret: true, null: true }),
  group: () => belongsTo(Group, { null: true }),
}) {}

/** Ways to rank or group rows by a secret. */
const ranks: Readonly<Record<string, () => unknown>> = {
  orderBy: () => User.orderBy("token"),
  "orderBy, descending": () => User.orderBy("-token"),
  "orderBy of an expression": () => User.orderBy((user) => user.token.lower().length().desc()),
  "orderBy of a case": () => User.orderBy((user) => user.token.coalesce("x").asc()),
  "orderBy through a relation": () => Group.orderBy((group) => group.users.pin.max().asc()),
  distinct: () => User.all().distinct("token"),
  groupBy: () => User.all().groupBy((user) => [user.token]),
  min: () => User.all().values((user) => ({ first: user.token.min() })),
  max: () => User.all().values((user) => ({ last: user.pin.max() })),
  "the order of a window": () => User.all().values((user) => ({ place: rank().over({ orderBy: user.token }) })),
  "the part of a window": () => User.all().values((user) => ({ place: rank().over({ partitionBy: user.token, orderBy: user.id }) })),
  "the order of texts": () => User.all().values((user) => ({ names: user.name.stringAggregate(",", { orderBy: user.token }) })),
};

describeOnDatabases("secrets", [Group, User], (open) => {
  it("can be read, and compared with a value", async () => {
    await User.create({ name: "Ada", token, pin: 4711 });
    const [user] = await User.where({ token });
    assert.deepEqual([user!.token, user!.pin], [token, 4711]);
    assert.equal(await User.where((row) => row.pin.eq(4711)).count(), 1);
  });

  for (const [name, rank] of Object.entries(ranks))
    it(`rank nothing: ${name}`, async () => {
      await assert.rejects(async () => rank(), {
        code: "E_FILTER_SECRET",
        message: /^User\.(?:token|pin) is secret, so .* does not accept it\.$/,
      });
    });

  it("are not shown by console.log(), nor by JSON", async () => {
    const user = await User.create({ name: "Ada", token, pin: 4711 });
    for (const shown of [inspect(user), inspect([user]), inspect({ user }, { depth: 5 }), JSON.stringify(user)]) {
      assert.ok(shown.includes("Ada"));
      assert.doesNotMatch(shown, /s3cr3t|4711/);
    }
    assert.equal(
      inspect(user),
      `User {\n  id: ${user.id},\n  name: 'Ada',\n  score: 0,\n  token: [secret],\n  pin: [secret],\n  groupId: null\n}`,
    );
    assert.match(inspect(await User.create({ name: "Ida" })), /token: null/);
    assert.equal(user.token, token);
  });

  it("are neither in errors nor in their causes", async () => {
    await User.create({ name: "Ada", token });
    const error: unknown = await User.create({ name: "Ida", token }).catch((reason: unknown) => reason);
    const raw: unknown = await open()
      .database.query(sql`INSERT INTO secret_users (name, score, token) VALUES ('Ida', 1, ${token})`)
      .catch((reason: unknown) => reason);
    const required: unknown = await open()
      .database.query(sql`INSERT INTO secret_users (name, score, token) VALUES (NULL, 1, ${`${token}2`})`)
      .catch((reason: unknown) => reason);
    for (const each of [error, raw, required]) {
      assert.ok(each instanceof Error);
      assert.doesNotMatch(inspect(each, { depth: 10 }), /s3cr3t/);
    }
    assert.match(inspect(error), /This token is taken/);
  });

  it("are not in cursors, and no other value can be read or changed in one", async () => {
    await User.createMany(Array.from({ length: 5 }, (_, index) => ({ name: `name-${index}`, score: index, token: `${token}${index}` })));
    const page = await User.orderBy("-score", "name").page({ size: 2 });
    assert.doesNotMatch(Buffer.from(page.next!, "base64url").toString("latin1"), /name|s3cr3t/);
    assert.equal((await User.orderBy("-score", "name").page({ size: 2 })).next, page.next, "equal places have equal cursors");
    assert.deepEqual(
      (await User.orderBy("-score", "name").page({ size: 2, after: page.next })).items.map(({ score }) => score),
      [2, 1],
    );
    const bytes = Buffer.from(page.next!, "base64url");
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 1;
      await assert.rejects(User.orderBy("-score", "name").page({ size: 2, after: changed.toString("base64url") }), { code: "E_CURSOR" });
    }
    for (const wrong of ["", "x", `${page.next}=`, ` ${page.next}`, page.next!.slice(0, -1)])
      await assert.rejects(User.orderBy("-score", "name").page({ size: 2, after: wrong }), { code: "E_CURSOR" });
    await assert.rejects(User.orderBy("name").page({ size: 2, after: page.next }), {
      code: "E_CURSOR",
      message: "This cursor belongs to a different list.",
    });
  });
});

describe("the secret of cursors", () => {
  it("works in all processes with the same secret, and has at least 32 characters", async () => {
    const { url, remove } = await placeSqlite();
    const open = (cursorSecret?: string): ReturnType<typeof createDatabase> =>
      createDatabase({ url, models: [Group, User], bind: false, ...(cursorSecret !== undefined && { cursorSecret }) });
    const [one, same, other] = [await open("a".repeat(32)), await open("a".repeat(32)), await open("b".repeat(32))];
    try {
      await one.createTables();
      const { next } = await one.run(async () => {
        await Group.createMany([{ name: "a" }, { name: "b" }]);
        return Group.orderBy("name").page({ size: 1 });
      });
      const read = (database: typeof one): Promise<unknown> =>
        database.run(async () => (await Group.orderBy("name").page({ size: 1, after: next })).items.map(({ name }) => name));
      assert.deepEqual(await read(same), ["b"]);
      await assert.rejects(read(other), { code: "E_CURSOR" });
      await assert.rejects(open("a".repeat(31)), {
        code: "E_OPTION_INVALID",
        message: "createDatabase(): cursorSecret must be a string of at least 32 characters.",
      });
    } finally {
      for (const database of [one, same, other]) await database.close();
      await remove();
    }
  });

  it("cannot be used in options of a model that show or rank rows", async () => {
    const fields = { id: f.id(), token: f.text({ secret: true }) };
    for (const options of [{ orderBy: "-token" }, { search: ["token"] }, { display: "token" }]) {
      const Wrong = class extends Model("wrong", fields, options as never) {};
      await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong] }), (error: { message: string }) => {
        assert.match(error.message, /it is secret, and the option (?:orderBy|search|display) names it/);
        return true;
      });
    }
  });
});
