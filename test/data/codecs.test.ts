/** Values of every type at their ends: what goes into a database comes back equal, whichever way it is read. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { describeOnDatabases } from "./databases.ts";
import type { EndValue } from "./every-model.ts";
import { endValues, Every } from "./every-model.ts";

/** What people may give in another form than it is stored in. */
const given: Readonly<Record<string, readonly EndValue[]>> = {
  uuid: [["FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ffffffff-ffff-ffff-ffff-ffffffffffff"]],
  decimal: [
    ["0", "0.0000"],
    ["-0", "0.0000"],
  ],
  long: [
    ["-0", "0.00000000000000000000"],
    ["007.10", "7.10000000000000000000"],
  ],
  time: [["10:12", "10:12:00"]],
  ip: [
    ["::FFFF:1.2.3.4", "1.2.3.4"],
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
  ],
  decimals: [[["1.5"], ["1.50"]]],
};

describeOnDatabases("values", [Every], () => {
  for (const [name, ends] of Object.entries(endValues)) {
    it(`of the type ${name} are read back equal: as rows, values, lists, in relations, filters and aggregates`, async () => {
      for (const [value, ...rest] of [...ends, ...(given[name] ?? []), [null] as const]) {
        const expected = rest.length === 0 ? value : rest[0];
        const made = (await Every.create({ [name]: value } as never)) as unknown as Record<string, unknown> & {
          id: number;
          save: () => Promise<unknown>;
        };
        assert.deepEqual(made[name], expected);
        const row = (await Every.get(made.id)) as unknown as typeof made;
        assert.deepEqual(row[name], expected);
        assert.equal(Object.is(row[name], -0), false);
        assert.deepEqual(await Every.where({ id: made.id }).pluck(name as "text"), [expected]);
        assert.deepEqual(await Every.where({ id: made.id }).select({ [name]: true } as never), [{ [name]: expected }]);
        const child = await Every.create({ parent: made.id });
        assert.deepEqual(((await (await Every.get(child.id)).parent) as unknown as typeof made)[name], expected);
        if (name === "json") continue;
        assert.equal(await Every.where({ id: made.id, [name]: value } as never).count(), 1);
        if (Every.$meta.fields.get(name)?.items !== undefined) {
          const list: readonly unknown[] = Array.isArray(value) ? value : [];
          for (const item of list) assert.equal(await Every.where({ id: made.id, [name]: { has: item } } as never).count(), 1);
          assert.equal(await Every.where({ id: made.id, [name]: { hasAll: list } } as never).count(), value === null ? 0 : 1);
          await row.save();
          continue;
        }
        assert.equal(await Every.where({ id: made.id, [name]: { in: [value] } } as never).count(), 1);
        // Not every database has the least of every type.
        if (!["boolean", "uuid", "bytes", "long"].includes(name))
          assert.deepEqual(await Every.where({ id: made.id }).aggregate((each) => ({ least: each[name as "text"].min() })), {
            least: expected,
          });
        // What was read is not taken for changed.
        await row.save();
      }
    });
  }
});
