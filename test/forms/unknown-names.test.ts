/** Fields that a form does not declare: dropped, and named in the log at the level debug. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, json, post } from "gable";
import type { Logger, RouteEntry } from "gable";
import { field as column, Model } from "gable/data";
import { field as f, form, modelForm } from "gable/forms";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";

/** Sends pairs to a route. Gives what it logged at debug about forms. */
async function logged(route: RouteEntry, pairs: ReadonlyArray<readonly [string, string]>, path = "/"): Promise<unknown[]> {
  const lines: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    debug: (facts, message) => message?.startsWith("The form dropped") === true && lines.push(facts),
  };
  const app = gable({ mode: "test", logger, routes: [route] });
  for (const body of [new URLSearchParams(pairs.map(([name, value]) => [name, value])), toFormData(pairs)]) {
    const reply = await app.request(path, { method: "POST", body });
    assert.ok(reply.status < 300 || reply.status === 422, await reply.text());
  }
  await app.close();
  assert.deepEqual(lines[0], lines[1]);
  return lines.slice(0, 1);
}

function toFormData(pairs: ReadonlyArray<readonly [string, string]>): FormData {
  const data = new FormData();
  for (const [name, value] of pairs) data.append(name, name === "_charset_" ? "utf-8" : value);
  return data;
}

class Page extends Model(
  "pages",
  { id: column.id(), title: column.text({ max: 50, null: true }), version: column.int() },
  { version: "version" },
) {}

const all = form(
  {
    title: f.text({ optional: true }),
    birthday: f.date({ optional: true, parse: ({ year, month, day }) => `${year}-${month}-${day}` }),
    tags: f.choices({ a: "A" }, { optional: true }),
    cover: f.file({ optional: true }),
    address: f.group({ street: f.text({ optional: true }) }),
    lines: f.set({ product: f.text({ optional: true }), place: f.group({ shelf: f.text({ optional: true }) }) }, { ordered: true, max: 3 }),
    plain: f.set({ product: f.text({ optional: true }) }),
  },
  { name: "all" },
);
const createRoute = () => post("/", { form: all }, ({ form: { status } }) => json({}, { status }));
const declared = [
  "title",
  "birthday.year",
  "birthday.month",
  "tags",
  // The name of a file that is sent as text is refused: test/forms/http.test.ts.
  "cover.clear",
  "address.street",
  "lines.count",
  "lines.add",
  "lines.0.product",
  "lines.0.place.shelf",
  "lines.0.delete",
  "lines.0.position",
  // A row beyond the limit is an error of the set.
  "lines.7.product",
  "plain.count",
  "_method",
  "_charset_",
];
const undeclared = [
  "isAdmin",
  "__proto__",
  "constructor",
  "toString",
  "",
  ".",
  "title.x",
  "cover.stored",
  "address.street.x",
  "address.role",
  "address.__proto__",
  "lines.x",
  "lines.0",
  "lines.0.role",
  "lines.0.id",
  "lines.0.place.x",
  "lines.-1.product",
  "lines.0x.product",
  "lines.1000000000.product",
  "plain.0.position",
  "tags[]",
];

describe("fields that a form does not declare", () => {
  it("are logged at debug by their names, and never with their values", async () => {
    const pairs = [...declared, ...undeclared].map((name) => [name, "hunter2"] as const);
    const lines = await logged(createRoute(), pairs);
    assert.deepEqual(lines, [{ form: "all", count: undeclared.length, names: undeclared.slice(0, 20) }]);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
  });

  for (const name of declared) it(`do not include ${name}`, async () => assert.deepEqual(await logged(createRoute(), [[name, "1"]]), []));

  for (const name of undeclared)
    it(`include ${JSON.stringify(name)}, once`, async () =>
      assert.deepEqual(
        await logged(createRoute(), [
          [name, "1"],
          [name, "2"],
        ]),
        [{ form: "all", count: 1, names: [name] }],
      ));

  it("are cut to 20 names of 64 characters", async () => {
    const names = (count: number, length: number): string[] =>
      Array.from({ length: count }, (_, index) => String(index).padStart(length, "n"));
    for (const [count, length, shown, cut] of [
      [20, 64, 20, 64],
      [21, 65, 20, 64],
      [900, 80, 20, 64],
    ] as const) {
      const sent = names(count, length);
      const [line] = await logged(
        createRoute(),
        sent.map((name) => [name, ""]),
      );
      assert.deepEqual(line, { form: "all", count, names: sent.slice(0, shown).map((name) => name.slice(0, cut)) });
    }
  });

  it("are found in records of fields and in forms of models, whose version belongs to them", async () => {
    const record = post("/", { form: { title: f.text() } }, ({ form: { status } }) => json({}, { status }));
    const pairs = [
      ["title", "a"],
      ["version", "1"],
      ["id", "7"],
    ] as const;
    assert.deepEqual(await logged(record, pairs), [{ form: "form", count: 2, names: ["version", "id"] }]);
    const pageForm = modelForm(Page, { fields: ["title"] });
    const model = post("/", { form: pageForm }, ({ form: { status } }) => json({}, { status }));
    assert.deepEqual(await logged(model, pairs), [{ form: "page", count: 1, names: ["id"] }]);
  });

  it("are not looked for in query strings and in schemas of other libraries, which decide themselves", async () => {
    const search = form({ q: f.text() }, { method: "get" });
    assert.deepEqual(
      await logged(
        post("/", { form: search }, ({ form: { status } }) => json({}, { status })),
        [["page", "2"]],
        "/?page=2",
      ),
      [],
    );
    const schema = post("/", { form: z.object({ q: z.string() }) }, ({ form: { status } }) => json({}, { status }));
    assert.deepEqual(await logged(schema, [["page", "2"]]), []);
  });
});
