/** Values of statements in logs: none unless they are wanted, and never those of secret columns. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { StatementEvent } from "../../src/data.ts";
import { createDatabase, field as f, Model, sql } from "../../src/data.ts";
import { kysely } from "../../src/kysely.ts";
import { describeOnDatabases } from "./databases.ts";

class User extends Model("log_users", {
  id: f.id(),
  name: f.text({ max: 50 }),
  token: f.text({ max: 50, secret: true, unique: true }),
  size: f.int({ default: 0 }),
}) {}
class Note extends Model("log_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}

describeOnDatabases("logged values", [User, Note], (open) => {
  it("are shown on demand, except secret ones anywhere in a statement", async () => {
    const events: StatementEvent[] = [];
    const database = await createDatabase({
      url: open().url,
      models: [User, Note],
      bind: false,
      logParameters: true,
      onStatement: (event) => events.push(event),
    });
    const shown = (): readonly unknown[] => events.splice(0).flatMap(({ parameters = [] }) => parameters);
    const secret = "s3cr3t-token";
    try {
      await database.run(async () => {
        const ada = await User.create({ name: "Ada", token: secret });
        assert.deepEqual(shown().includes("Ada"), true);
        ada.token = `${secret}2`;
        ada.name = "Ida";
        await ada.save();
        await User.createMany(Array.from({ length: 20 }, (_, index) => ({ name: `n${index}`, token: `${secret}-${index}` })));
        await User.createMany([{ name: "x", token: `${secret}-3` }], { onConflict: { target: ["token"], update: ["name"] } });
        await User.upsert({ where: { token: `${secret}2` }, create: { name: "y" }, update: { name: "z" } });
        await User.getOrCreate({ token: `${secret}2` }, { name: "y" });
        await User.where({ token: `${secret}2` }).first();
        await User.where((user) => user.token.eq(`${secret}2`).or(user.token.in([`${secret}1`, secret]))).first();
        await User.where((user) => user.token.contains(secret).or(user.token.istartsWith(secret))).count();
        await User.where((user) => user.token.coalesce(secret).ne(`${secret}9`)).count();
        await User.where((user) => sql`${user.token} = ${secret} AND ${1} = 1`).count();
        await User.where((user) => sql`${user.token.coalesce("")} IN (${sql.join([secret, `${secret}2`])})`).count();
        await User.where((user) => sql`${sql`upper(${user.token})`} = ${secret}`).count();
        await User.where({ name: "Ida" }).update({ token: `${secret}3` });
        const many = await User.where({ name: { startsWith: "n" } });
        many.forEach((user) => (user.token += "!"));
        await User.updateMany(many, ["token"]);
        const database = kysely([User]);
        await database
          .insertInto("log_users")
          .values({ name: "k", token: `${secret}k`, size: 0 } as never)
          .execute();
        await database.selectFrom("log_users").select("id").where("token", "=", `${secret}k`).execute();
      });
      assert.ok(events.length > 12);
      const values = shown().map(String);
      assert.deepEqual(
        values.filter((value) => value.includes("s3cr")),
        [],
      );
      assert.ok(values.includes("[secret]"));
      assert.ok(values.includes("Ida"));
      await database.run(async () => {
        await Note.create({ text: "open" });
        await Note.get(1);
        await database.query(sql`SELECT ${"raw"} AS text`);
        await kysely([Note]).selectFrom("log_notes").select("id").where("text", "=", "plain").execute();
      });
      const open = shown().map(String);
      for (const value of ["open", "1", "raw", "plain"]) assert.ok(open.includes(value), value);
    } finally {
      await database.close();
    }
  });
});
