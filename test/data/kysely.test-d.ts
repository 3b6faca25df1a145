/** What Kysely knows of models, by their types alone. */
import type { Kysely } from "kysely";
import { belongsTo, field as f, Model } from "../../src/data.ts";
import type { DatabaseOf } from "../../src/kysely.ts";

class Owner extends Model("owners", { id: f.id({ kind: "uuid" }), name: f.text() }) {}
class Pet extends Model("pets", { id: f.id(), name: f.text({ null: true }), born: f.datetime(), owner: () => belongsTo(Owner) }) {}

declare const database: Kysely<DatabaseOf<[typeof Owner, typeof Pet]>>;

export const rows: Promise<Array<{ id: number; name: string | null; born: Date; ownerId: string }>> = database
  .selectFrom("pets")
  .selectAll()
  .execute();
export const made = database.insertInto("pets").values({ born: new Date(), ownerId: "a" });

// @ts-expect-error there is no such table
database.selectFrom("cats");
// @ts-expect-error there is no such column
database.selectFrom("pets").select("age");
// @ts-expect-error the key of an owner is a string
database.selectFrom("pets").selectAll().where("ownerId", "=", 3);
// @ts-expect-error a pet needs a time of birth
database.insertInto("pets").values({ ownerId: "a" });
// @ts-expect-error a relation is not a column
database.selectFrom("pets").select("owner");
