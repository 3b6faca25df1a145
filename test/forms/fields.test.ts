/** Each type of field against its table: values, codes, and messages that say what to do. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { field as column } from "gable/data";
import { field as f, form } from "gable/forms";
import { z } from "zod";
import type { BrokenRule } from "./fields.cases.ts";
import { fieldCases } from "./fields.cases.ts";

const isBroken = (expected: unknown): expected is BrokenRule => typeof expected === "object" && expected !== null && "code" in expected;

describe("fields of forms", () => {
  for (const { name, field, cases } of fieldCases)
    it(`read what was typed into ${name}`, async () => {
      const one = form({ value: field });
      for (const [typed, expected] of cases) {
        const sent = await one.parse([["value", typed]]);
        const shown = JSON.stringify(typed).slice(0, 60);
        if (!isBroken(expected)) {
          assert.deepEqual(sent.errors(), [], shown);
          assert.ok(sent.valid);
          assert.deepEqual(sent.data.value, expected, shown);
          continue;
        }
        const [error, ...more] = sent.errors();
        assert.deepEqual([error?.code, more], [expected.code, []], shown);
        if (expected.params !== undefined) assert.deepEqual(error!.params, expected.params, shown);
        assert.equal(error!.field, "value");
        assert.match(error!.message, /^[A-Z].*\.$/, "a sentence");
        assert.doesNotMatch(error!.message, /[{}]/, "no hole is left");
      }
    });

  it("refuse a value that is sent twice", async () => {
    for (const { name, field } of fieldCases) {
      const sent = await form({ value: field }).parse([
        ["value", "a"],
        ["value", "a"],
      ]);
      assert.deepEqual(
        sent.errors().map(({ code }) => code),
        ["repeated"],
        name,
      );
    }
  });

  it("take choices once each, in the order of the definition, within their limits", async () => {
    const colors = form({ colors: f.choices({ red: "Red", green: "Green", blue: "Blue" }, { min: 2, max: 2 }) });
    const send = async (...keys: string[]) => colors.parse(keys.map((key) => ["colors", key] as const));
    const read = async (...keys: string[]) => {
      const sent = await send(...keys);
      return sent.valid ? sent.data.colors : sent.errors().map(({ code }) => code);
    };
    assert.deepEqual(await read("blue", "red", "blue"), ["red", "blue"]);
    assert.deepEqual(await read("blue"), ["too_few"]);
    assert.deepEqual(await read("blue", "red", "green"), ["too_many"]);
    assert.deepEqual(await read("blue", "pink"), ["choice"]);
    assert.deepEqual(await read("blue", "constructor"), ["choice"]);
    assert.deepEqual(await read(), ["required"]);
  });

  it("take numbers that are exact multiples of their step, however large", async () => {
    const table: ReadonlyArray<readonly [options: { step: number; min?: number; max?: number }, taken: unknown[], refused: unknown[]]> = [
      [{ step: 1 }, ["0", "-3", "600000000", "1e21", "9007199254740993"], ["0.5", "-0.5", "600000000.5", "2251799813685247.5", "1e-300"]],
      [
        { step: 0.1 },
        ["0.3", "1.1", "-1.1", 0.1 * 3, 0.1 * 7, "1000000000.1", "123456789012.3", "-1000000000.1", "1e15"],
        ["0.35", "1000000000.05", "-1000000000.05", "0.1000000001", "1000000000.1001"],
      ],
      [{ step: 0.01 }, ["19.99", "2000000000.01", "2000000000", 0.01 * 57], ["2000000000.001", "19.999", "0.005"]],
      [{ step: 0.25, min: 0.1 }, ["0.1", "0.35", "1.1", "1000000000.1"], ["0.25", "1", "1000000000", "1000000000.1001"]],
      [{ step: 3, min: -0.5 }, ["-0.5", "2.5", "2999999999.5"], ["0", "3", "3000000000"]],
      [{ step: 1e-7 }, ["3e-7", "0.0000001", "1.0000001"], ["5e-8", "1.00000005"]],
      [{ step: 1e21 }, ["2e21", "0"], ["1", "15e20"]],
      [{ step: 5e-324 }, ["5e-324", "1e308", "0.1"], []],
    ];
    for (const [options, taken, refused] of table) {
      const one = form({ value: f.number(options) });
      for (const value of [...taken, ...refused]) {
        const sent = await one.parse({ value });
        const codes = sent.errors().map(({ code }) => code);
        assert.deepEqual(codes, taken.includes(value) ? [] : ["step"], `${JSON.stringify(options)} ${String(value)}`);
        if (sent.valid) assert.equal(sent.data.value, Number(value));
      }
    }
  });

  it("read dates with times in the time zone of the request", async () => {
    const at = form({ at: f.datetime() });
    const read = async (typed: string, timeZone: string) => {
      const sent = await at.parse([["at", typed]], { timeZone });
      return sent.valid ? sent.data.at.toISOString() : sent.errors()[0]!.code;
    };
    assert.equal(await read("2026-07-01T12:00", "Europe/Berlin"), "2026-07-01T10:00:00.000Z");
    assert.equal(await read("2026-01-01T12:00", "Europe/Berlin"), "2026-01-01T11:00:00.000Z");
    // The clocks skip 02:30 on the last Sunday of March, and show it twice on the last one of October.
    assert.equal(await read("2026-03-29T02:30", "Europe/Berlin"), "datetime_gap");
    assert.equal(await read("2026-03-29T03:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
    assert.equal(await read("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
    assert.equal(await read("2026-10-25T03:00", "Europe/Berlin"), "2026-10-25T02:00:00.000Z");
    // A gap of half an hour, and one of a whole day.
    assert.equal(await read("2026-10-04T02:15", "Australia/Lord_Howe"), "datetime_gap");
    assert.equal(await read("2011-12-30T12:00", "Pacific/Apia"), "datetime_gap");
    assert.equal(await read("2026-06-01T00:00", "Pacific/Kiritimati"), "2026-05-31T10:00:00.000Z");
    assert.equal(await read("0001-01-01T00:00", "UTC"), "0001-01-01T00:00:00.000Z");
  });

  it("takes dates of programs with their seconds, in the years that can be typed", async () => {
    for (const options of [{}, { seconds: true }]) {
      const at = form({ at: f.datetime(options) });
      const read = async (value: Date, timeZone = "UTC") => {
        const sent = await at.parse({ at: value }, { timeZone });
        return sent.valid ? sent.data.at.toISOString() : sent.errors()[0]!.code;
      };
      for (const iso of ["2026-11-20T10:12:00.000Z", "2026-11-20T10:12:33.123Z", "2026-10-25T01:30:00.000Z", "0001-01-01T00:00:00.000Z"])
        for (const timeZone of ["UTC", "Europe/Berlin"]) assert.equal(await read(new Date(iso), timeZone), iso);
      for (const iso of ["+010000-01-01T00:00:00.000Z", "0000-12-31T23:59:59.999Z"]) assert.equal(await read(new Date(iso)), "datetime");
      assert.equal(await read(new Date(NaN)), "invalid");
    }
    // In Tokyo, the first day of the year 1 begins in the year before it.
    const early = await form({ at: f.datetime() }).parse([["at", "0001-01-01T00:00"]], { timeZone: "Asia/Tokyo" });
    assert.equal(early.errors()[0]!.code, "datetime");
  });

  it("shows a date with a time in the same zone, so that a form which is sent unchanged changes nothing", async () => {
    const at = form({ at: f.datetime({ seconds: true }) });
    for (const timeZone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
      for (const iso of ["2026-07-01T10:00:00.000Z", "2026-01-01T23:59:59.000Z", "1969-12-31T23:59:59.123Z", "2026-10-25T00:30:00.000Z"]) {
        const shown = at.blank({ at: new Date(iso) }, { timeZone }).value("at");
        const sent = await at.parse([["at", shown]], { timeZone });
        assert.equal(sent.valid && sent.data.at.toISOString(), iso, `${timeZone} ${shown}`);
      }
  });

  it("check JSON by a schema", async () => {
    const one = form({ meta: f.json({ schema: z.object({ lang: z.string() }) }) });
    const good = await one.parse({ meta: '{"lang": "en"}' });
    assert.deepEqual(good.valid && good.data.meta, { lang: "en" });
    const bad = await one.parse([["meta", '{"lang": 7}']]);
    assert.deepEqual(
      bad.errors().map(({ code }) => code),
      ["json"],
    );
    assert.match(bad.errors()[0]!.message, /^lang: /);
  });

  it("take values of a plain object as they are", async () => {
    const all = form({
      count: f.int(),
      price: f.decimal({ digits: 5, scale: 2 }),
      isOn: f.boolean(),
      at: f.datetime(),
      tags: f.choices({ a: "A", b: "B" }),
      address: f.group({ street: f.text(), zip: f.text({ optional: true }) }),
      lines: f.set({ product: f.text(), amount: f.int() }),
      big: f.bigint(),
    });
    const at = new Date("2026-11-20T10:12:00Z");
    const data = {
      count: 7,
      price: "1.50",
      isOn: true,
      at,
      tags: ["b"],
      address: { street: "x", zip: null },
      lines: [{ product: "p", amount: 2 }],
      big: 9n,
    };
    const sent = await all.parse(data);
    assert.deepEqual(sent.errors(), []);
    assert.deepEqual(sent.valid && sent.data, data);
    const wrong = await all.parse({ ...data, count: {}, isOn: [], at: true, tags: [7], address: "x", lines: "x" });
    assert.deepEqual(
      wrong.errors().map(({ field, code }) => `${field} ${code}`),
      ["count invalid", "isOn invalid", "at datetime", "tags choice", "address invalid", "lines invalid"],
    );
  });

  it("order the rows of a set by their positions, and keep those without one at the end", async () => {
    const lines = form({ lines: f.set({ name: f.text() }, { ordered: true }) });
    const table: ReadonlyArray<readonly [positions: ReadonlyArray<string | undefined>, order: string]> = [
      [["2", "1", "3"], "bac"],
      [["1", "2", ""], "abc"],
      [["", "2", "1"], "cba"],
      [["2", "  ", "1"], "cab"],
      [["2", undefined, "1"], "cab"],
      [["", "-1", "0"], "bca"],
      [["", "1", "", "0.5"], "dbac"],
      [["first", "1", "Infinity", "-Infinity", "NaN"], "bacde"],
      [["", "", ""], "abc"],
      [[undefined, undefined, undefined], "abc"],
      [["1", "1", "1"], "abc"],
      [["1e2", "99"], "ba"],
    ];
    for (const [positions, order] of table) {
      const pairs: Array<readonly [string, string]> = [["lines.count", String(positions.length)]];
      for (const [index, position] of positions.entries()) {
        pairs.push([`lines.${index}.name`, "abcde"[index]!]);
        if (position !== undefined) pairs.push([`lines.${index}.position`, position]);
      }
      const sent = await lines.parse(pairs);
      assert.ok(sent.valid);
      assert.equal(sent.data.lines.map(({ name }) => name).join(""), order, JSON.stringify(positions));
    }
  });

  it("keep a disabled field at its initial value, whatever is sent", async () => {
    const one = form({ role: f.text({ disabled: true, initial: "reader" }), name: f.text() });
    const sent = await one.parse([
      ["role", "admin"],
      ["name", "x"],
    ]);
    assert.deepEqual(sent.valid && sent.data, { role: "reader", name: "x" });
    assert.equal(sent.value("role"), "reader");
  });

  it("refuse limits that no value can be within", () => {
    const [early, late] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-12-31T00:00:00Z")];
    const refused: ReadonlyArray<readonly [make: () => unknown, message: RegExp]> = [
      [() => f.date({ min: "tomorrow" }), /field\.date\(\): option "min" is "tomorrow"; it must be a day of the calendar such as/],
      [() => f.date({ min: "2026-02-30" }), /option "min" is "2026-02-30"; it must be a day/],
      [() => f.date({ max: "2026-2-3" }), /option "max" is "2026-2-3"; it must be a day/],
      [() => f.date({ max: early as never }), /option "max" is an object \(Date\); it must be a day/],
      [() => f.date({ min: "2026-12-31", max: "2026-01-01" }), /option "min" is "2026-12-31"; it must be at most max, which is 2026-01-01/],
      [() => f.time({ min: "25:00" }), /option "min" is "25:00"; it must be a time of day such as/],
      [() => f.time({ max: "9:00" }), /option "max" is "9:00"; it must be a time of day/],
      [() => f.time({ max: "09:00:00.5" }), /option "max"/],
      [() => f.time({ min: "22:00", max: "06:00" }), /option "min" is "22:00"; it must be at most max, which is 06:00/],
      [() => f.time({ min: "09:00:01", max: "09:00" }), /at most max, which is 09:00/],
      [() => f.datetime({ min: new Date(NaN) }), /option "min" is an object \(Date\); it must be a Date in the years 1 to 9999/],
      [() => f.datetime({ max: new Date(8.64e15) }), /option "max".* must be a Date in the years 1 to 9999/],
      [() => f.datetime({ min: "2026-01-01T00:00Z" as never }), /option "min" is "2026-01-01T00:00Z"; it must be a Date/],
      [() => f.datetime({ min: late, max: early }), /option "min".* must be at most max, which is 2026-01-01T00:00:00\.000Z/],
      [() => f.int({ min: 5, max: 1 }), /option "min" is 5; it must be at most max, which is 1/],
      [() => f.int({ min: 0.5 }), /option "min" is 0.5; it must be a whole number/],
      [() => f.int({ max: Infinity }), /option "max" is Infinity; it must be a whole number/],
      [() => f.int({ min: "5" as never }), /option "min" is "5"; it must be a whole number/],
      [() => f.bigint({ min: 5n, max: 1n }), /option "min" is 5; it must be at most max, which is 1/],
      [() => f.bigint({ min: 5 as never }), /option "min" is 5; it must be a bigint such as 5n/],
      [() => f.number({ min: 0.2, max: 0.1 }), /option "min" is 0.2; it must be at most max, which is 0.1/],
      [() => f.number({ min: NaN }), /option "min" is NaN; it must be a finite number/],
      [() => f.decimal({ digits: 5, scale: 2, min: "10", max: "9.99" }), /option "min" is "10"; it must be at most max, which is 9.99/],
      [() => f.decimal({ digits: 5, scale: 2, min: "-1.00", max: "-1.01" }), /at most max, which is -1.01/],
      [() => f.decimal({ digits: 5, scale: 2, max: "ten" }), /option "max" is "ten"; it must be a string such as "12.50"/],
      [() => f.choice({}), /field\.choice\(\) has no choices/],
      ...[["a", "b"], [["a", "A"]], [{ value: "a", label: "A" }], { a: 1 }, { a: undefined }, "a", 5].flatMap((given) =>
        [() => f.choice(given as never), () => f.choices(given as never), () => column.choice(given as never)].map(
          (make) => [make, /option "choices" is .*; it must be an object of keys and labels/] as const,
        ),
      ),
      [() => f.choice({}, { optional: true }), /field\.choice\(\) has no choices/],
      [() => f.choices({}), /field\.choices\(\) has no choices/],
      [() => f.choices({ a: "A" }, { min: 2 }), /option "min" is 2; it must be at most the number of choices, which is 1/],
      [() => form({ size: column.choice({}) }), /field\.choice\(\) has no choices/],
      [() => form({ size: column.int({ min: 5, max: 1 }) }), /option "min" is 5; it must be at most max, which is 1/],
    ];
    for (const [make, message] of refused) assert.throws(make, { code: "E_OPTION_INVALID", message });
    f.date({ min: "2024-02-29", max: "2024-02-29" });
    f.time({ min: "09:00:00", max: "09:00" });
    f.time({ min: "00:00", max: "23:59:59", seconds: true });
    f.datetime({ min: early, max: new Date(early) });
    f.int({ min: -1, max: -1, step: 2 });
    f.bigint({ min: 1n, max: 1n });
    f.number({ min: -0.1, max: 0 });
    f.decimal({ digits: 5, scale: 2, min: "9.99", max: "10" });
    f.decimal({ digits: 5, scale: 2, min: "1", max: "1.00" });
    f.choices({ a: "A" }, { min: 1 });
    form({
      size: column.int({ min: 1, max: 5 }),
      big: column.bigint({ min: 1n }),
      cost: column.decimal({ digits: 5, scale: 2, min: "0" }),
    });
  });

  it("refuse options that do not exist or cannot be used", () => {
    const wrong: ReadonlyArray<readonly [() => unknown, RegExp]> = [
      [() => f.text({ maxx: 3 } as never), /field\.text\(\) has no option "maxx"/],
      [() => f.int({ pattern: /x/ } as never), /field\.int\(\) has no option "pattern"/],
      [() => f.text({ max: 0 }), /option "max" is 0; it must be a whole number above 0/],
      [() => f.text({ min: 5, max: 4 }), /option "min" is 5; it must be at most max, which is 4/],
      [() => f.text({ pattern: /(a+)+$/ }), /option "pattern"/],
      [() => f.text({ optional: 1 } as never), /option "optional" is 1; it must be true or false/],
      [() => f.decimal({ digits: 39, scale: 2 }), /option "digits"/],
      [() => f.decimal({ digits: 2, scale: 3 }), /option "scale"/],
      [() => f.file({ bytesMax: 0 }), /option "bytesMax"/],
      [() => f.file({ accept: ["png"] }), /option "accept"/],
      [() => f.int({ step: -1 }), /option "step"/],
      [() => f.set({ id: f.text() }), /the rows of a set use this name themselves/],
      [() => f.set({ rows: f.set({ a: f.text() }) }), /a set cannot hold another set/],
      [() => form({ "a.b": f.text() }), /this name cannot be used/],
      [() => form({ __proto__x: f.text() } as never), /this name cannot be used/],
      [() => form({ ["__proto__"]: f.text() }), /this name cannot be used/],
      [() => form({ a: "text" } as never), /it is "text"/],
      [() => form({ a: f.text() }, { nme: "x" } as never), /form\(\) has no option "nme"/],
      [() => form({ a: f.text() }, { name: "a b" }), /option "name"/],
      [() => form({ a: f.text() }, { method: "put" as never }), /option "method"/],
      [() => form({ a: f.file() }, { method: "get" }), /option "method"/],
      [() => form({ a: f.text() }, { rules: [{ on: ["b" as "a"], check: () => undefined }] }), /The form has no field "b"/],
    ];
    for (const [make, message] of wrong) assert.throws(make, message);
    assert.throws(() => form({ a: 7 } as never), {
      code: "E_FORM_FIELD",
      message: 'The form field "a" cannot be used: it is 7.',
      fix: "Use a builder such as field.text(), of gable/forms or gable/data.",
    });
  });
});
