/** Models of tables that others make: they are used, never made, changed or held. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, hasMany, manyToMany, Model, sql } from "../../src/data.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import { checkLive, makeMigration, migrate } from "../../src/migrations.ts";
import { databaseKinds } from "./databases.ts";

class City extends Model(
  "managed_cities",
  { id: f.id(), name: f.text({ max: 50 }), shops: () => hasMany(Shop), signs: () => manyToMany(Sign), lakes: () => manyToMany(Lake) },
  { managed: false },
) {}
class Lake extends Model("managed_lakes", { id: f.id(), cities: () => manyToMany(City) }, { managed: false }) {}
class Shop extends Model("managed_shops", { id: f.id(), name: f.text({ max: 50 }), city: () => belongsTo(City) }) {}
class Sign extends Model("managed_signs", { id: f.id(), text: f.text({ max: 50 }), cities: () => manyToMany(City) }) {}

for (const kind of databaseKinds) {
  describe(`tables of others on ${kind.name}`, { skip: kind.skip }, () => {
    it("are read and written, and do not appear in migrations", async () => {
      const models = [City, Lake, Shop, Sign];
      const state = describeModels(models);
      assert.deepEqual([...state.keys()].sort(), ["managed_cities_managed_signs", "managed_shops", "managed_signs"]);
      assert.equal(state.get("managed_shops")!.foreignKeys.size, 0);
      assert.deepEqual(
        [...state.get("managed_cities_managed_signs")!.foreignKeys.values()].map(({ table }) => table),
        ["managed_signs"],
      );
      const [place, folder] = [await kind.place(), await mkdtemp(join(tmpdir(), "gable-managed-"))];
      const database = await createDatabase({ url: place.url, models });
      try {
        await database.query(sql`CREATE TABLE managed_cities (id integer PRIMARY KEY, name varchar(50) NOT NULL)`);
        await makeMigration({ models, folder });
        await migrate({ database, folder });
        assert.deepEqual(await checkLive({ database, folder }), []);
        assert.equal(await makeMigration({ models, folder }), undefined);
        const city = await City.create({ id: 7, name: "Ulm" } as never);
        const shop = await Shop.create({ name: "A", city });
        const sign = await Sign.create({ text: "Open" });
        await city.signs.add(sign);
        assert.equal((await (await Shop.get(shop.id)).city).name, "Ulm");
        assert.deepEqual(
          (await Sign.where({ cities: { some: { name: "Ulm" } } })).map(({ text }) => text),
          ["Open"],
        );
        assert.equal(await Shop.where({ city: { name: "Ulm" } }).count(), 1);
      } finally {
        await database.close();
        await place.remove();
        await rm(folder, { recursive: true });
      }
    });
  });
}
