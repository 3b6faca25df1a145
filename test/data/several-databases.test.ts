/** Several databases, and replicas. A second database of each kind stands for the other one: what it holds tells which was asked. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Databases } from "../../src/data.ts";
import {
  belongsTo,
  createDatabases,
  field as f,
  hasMany,
  manyToMany,
  Model,
  onCommit,
  readYourWrites,
  sql,
  transaction,
} from "../../src/data.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

class Team extends Model("several_teams", { id: f.id(), name: f.text({ max: 50 }), players: () => hasMany(Player) }) {}
class Player extends Model("several_players", {
  id: f.id(),
  name: f.text({ max: 50 }),
  team: () => belongsTo(Team),
  games: () => manyToMany(Game),
}) {}
class Game extends Model("several_games", { id: f.id(), name: f.text({ max: 50 }), players: () => manyToMany(Player) }) {}
class Entry extends Model("several_entries", { id: f.id(), text: f.text({ max: 50 }) }, { database: "logs" }) {}

for (const kind of databaseKinds) {
  describe(`several databases on ${kind.name}`, { skip: kind.skip }, () => {
    const places: DatabasePlace[] = [];
    let databases: Databases;
    const models = [Team, Player, Game, Entry];
    before(async () => {
      for (let count = 0; count < 3; count++) places.push(await kind.place());
    });
    after(async () => {
      for (const place of places) await place.remove();
    });
    beforeEach(async () => {
      const [main, logs, second] = places.map(({ url }) => url);
      databases = await createDatabases({
        models,
        databases: { replica: { url: second!, of: "default" }, default: { url: main! }, logs: { url: logs! } },
      });
      await databases.createTables();
      // The other database has the same tables with other rows.
      const { createDatabase } = await import("../../src/data.ts");
      const other = await createDatabase({ url: second!, models: [Team, Player, Game], bind: false });
      await other.createTables();
      await other.run(() => Team.create({ name: "old" }));
      await other.close();
      await databases.get("logs").query(sql`CREATE TABLE several_teams (id integer PRIMARY KEY, name varchar(50) NOT NULL)`);
      await databases.get("logs").query(sql`INSERT INTO several_teams (id, name) VALUES (7, 'archived')`);
    });
    afterEach(async () => {
      await databases.close();
      for (const { url } of places) await dropAll(url);
    });

    async function dropAll(url: string): Promise<void> {
      const { createDatabase } = await import("../../src/data.ts");
      const database = await createDatabase({ url, models: [] });
      const names = [
        "games_several_players",
        "several_games_several_players",
        "several_players",
        "several_games",
        "several_teams",
        "several_entries",
      ];
      for (const name of names) await database.query(sql`DROP TABLE IF EXISTS ${sql.identifier(name)}`);
      await database.close();
    }

    it("keep each model where it lives", async () => {
      await Team.create({ name: "red" });
      await Entry.create({ text: "made" });
      const rows = (name: string, table: string): Promise<object[]> =>
        databases.get(name).query(sql`SELECT * FROM ${sql.identifier(table)}`);
      assert.equal((await rows("default", "several_teams")).length, 1);
      assert.equal((await rows("logs", "several_entries")).length, 1);
      await assert.rejects(rows("default", "several_entries"));
      assert.deepEqual(databases.names.toSorted(), ["default", "logs", "replica"]);
      assert.throws(() => databases.get("log"), {
        code: "E_DATABASE_UNKNOWN",
        message: 'No database is named "log".',
        fix: 'Write "logs".',
      });
    });

    it("have separate transactions, by default on the default database", async () => {
      await assert.rejects(
        transaction(async () => {
          await Team.create({ name: "red" });
          await Entry.create({ text: "stays" });
          throw new Error("undo");
        }),
        /undo/,
      );
      assert.equal(await Team.count(), 0);
      assert.equal(await Entry.count(), 1);
      const told: string[] = [];
      await transaction(
        async () => {
          await Entry.create({ text: "more" });
          await Team.create({ name: "blue" });
          onCommit(() => told.push("committed"));
        },
        { database: databases.get("logs") },
      );
      assert.deepEqual(told, ["committed"]);
      assert.deepEqual([await Team.count(), await Entry.count()], [1, 2]);
    });

    it("run a query on the named database, and save its rows there", async () => {
      await Team.create({ name: "red" });
      assert.deepEqual(
        (await Team.where().using("logs")).map(({ name }) => name),
        ["archived"],
      );
      assert.equal(await Team.where({ name: "archived" }).using("logs").count(), 1);
      assert.deepEqual(await Team.where().using("logs").pluck("name"), ["archived"]);
      const team = await Team.where().using("logs").get(7);
      team.name = "renamed";
      await team.save();
      await team.reload();
      assert.equal(team.name, "renamed");
      assert.deepEqual(await Team.where().using("logs").pluck("name"), ["renamed"]);
      assert.deepEqual(await Team.where().pluck("name"), ["red"]);
      assert.equal(await Team.all().using("logs").update({ name: "again" }), 1);
      await transaction(
        async () => {
          assert.equal(await Team.where({ name: "again" }).using("logs").update({ name: "undone" }), 1);
          assert.equal((await Team.where().using("logs").first())?.name, "undone");
          throw new Error("undo");
        },
        { database: databases.get("logs") },
      ).catch(() => undefined);
      assert.deepEqual(await Team.where().using("logs").pluck("name"), ["again"]);
      await (await Team.where().using("logs").get(7)).delete();
      assert.equal(await Team.where().using("logs").exists(), false);
      assert.equal(await Team.all().using("default").delete(), 1);
      await assert.rejects(async () => Team.where().using("lgos"), { code: "E_DATABASE_UNKNOWN", fix: 'Write "logs".' });
    });

    it("read from a replica if the query allows it", async () => {
      await Team.create({ name: "new" });
      assert.deepEqual(await Team.where().pluck("name"), ["new"]);
      assert.deepEqual(await Team.where().on("replica").pluck("name"), ["old"]);
      assert.deepEqual(await Entry.where().on("replica"), []);
      await transaction(async () => assert.deepEqual(await Team.where().on("replica").pluck("name"), ["new"]));
      const inside = databases
        .get("replica")
        .run(async () => [await Team.where().pluck("name"), await Team.where().on("primary").pluck("name")]);
      assert.deepEqual(await inside, [["old"], ["new"]]);
      await assert.rejects(
        databases.get("replica").run(() => Team.create({ name: "x" })),
        {
          code: "E_DATABASE_REPLICA",
          message: 'The database "replica" is a replica, so you cannot write to it.',
          fix: 'Write to "default".',
        },
      );
      await assert.rejects(Team.where({ name: "x" }).on("replica").update({ name: "y" }), { code: "E_QUERY_FORM" });
      await assert.rejects(async () => Team.where().on("replica").lock("update"), { code: "E_LOCK_OUTSIDE_TRANSACTION" });
      assert.throws(() => Team.where().on("second" as never), { code: "E_QUERY_FORM" });
      for await (const team of Team.where().on("replica").stream()) assert.equal(team.name, "old");
    });

    it("read what the same request has written, relations included", async () => {
      await readYourWrites(async () => {
        const [old] = await Team.where().on("replica");
        assert.equal(old!.name, "old");
        assert.equal(await old!.players.count(), 0);
        await Promise.resolve();
        const [team] = await Team.createMany([{ name: "new" }]);
        await Player.create({ name: "Ada", team: team! });
        assert.deepEqual(await Team.where().on("replica").pluck("name"), ["new"]);
        // The key of the old row is that of the new one: what belongs to it is read where it was written.
        assert.deepEqual(
          (await old!.players).map(({ name }) => name),
          ["Ada"],
        );
      });
      assert.deepEqual(await Team.where().on("replica").pluck("name"), ["old"]);
    });

    it("load and write relations in the database of the row", async () => {
      const [team] = await Team.where().using("replica");
      assert.deepEqual(await team!.players, []);
      await databases.get("default").query(sql`INSERT INTO several_teams (id, name) VALUES (1, 'first')`);
      // A row of a replica lives in the database that it follows.
      await team!.players.create({ name: "Ben" });
      assert.equal(await Player.where({ name: "Ben" }).count(), 1);
      const game = await Game.create({ name: "chess" });
      const ben = await Player.find({ name: "Ben" });
      await ben!.games.add(game);
      await ben!.games.create({ name: "go" });
      assert.equal(await ben!.games.count(), 2);
      await ben!.games.set([game]);
      await ben!.games.remove(game);
      await ben!.games.clear();
      assert.equal(await ben!.games.count(), 0);
    });

    it("fail together if their options do not fit, and leave nothing open", async () => {
      class Lost extends Model("several_lost", { id: f.id(), team: () => belongsTo(Team) }, { database: "logs" }) {}
      class Far extends Model("several_far", { id: f.id() }, { database: "lgos" }) {}
      const url = places[0]!.url;
      await databases.close();
      await assert.rejects(createDatabases({ models: [Team, Player, Game, Lost, Far], databases: { default: { url }, logs: { url } } }), {
        code: "E_MODEL_INVALID",
        message:
          "The models have 2 mistakes:\n" +
          'Far: it lives in the database "lgos", which is not among those that are opened (E_MODEL_OPTION). Write "logs".\n' +
          'Lost.team: it leads from the database "logs" to "default", but no statement can read both (E_RELATION_DATABASE). Store the key in a plain field, and read the other row by that key.',
      });
      const wrong = (named: object): Promise<unknown> => createDatabases({ models: [Team, Player, Game], databases: named as never });
      await assert.rejects(wrong({}), { code: "E_OPTION_INVALID" });
      await assert.rejects(wrong({ default: url }), { code: "E_OPTION_INVALID" });
      await assert.rejects(wrong({ default: { url }, replica: { url, of: "other" } }), { code: "E_OPTION_INVALID" });
      await assert.rejects(wrong({ default: { url }, one: { url, of: "default" }, two: { url, of: "one" } }), { code: "E_OPTION_INVALID" });
      await assert.rejects(wrong({ default: { url }, replica: { url: "nothing:here", of: "default" } }), { code: "E_DATABASE_URL" });
      // The first one was closed again: the models are free.
      databases = await createDatabases({ models: [Team, Player, Game], databases: { default: { url } } });
      assert.equal(await Team.count(), 0);
    });
  });
}
