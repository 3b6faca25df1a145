import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get } from "gable";
import { field as f, Model } from "gable/data";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../test/silent-logger.ts";
import { toJsonText } from "./json-text.ts";

class Note extends Model("json_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
class Secret {
  #value = 1;
  read(): number {
    return this.#value;
  }
}
class Shown extends Secret {
  toJSON(): object {
    return {};
  }
}

describe("toJsonText()", () => {
  const lost: ReadonlyArray<readonly [name: string, value: unknown, message: string]> = [
    ["a query", { rows: Note.where() }, '"rows" was not awaited: JSON would write it as {}.'],
    ["a promise", { a: { b: Promise.resolve(1) } }, '"a.b" was not awaited: JSON would write it as {}.'],
    ["a promise in a list", [{}, Promise.resolve(1)], '"1" was not awaited: JSON would write it as {}.'],
    ["a Map", { map: new Map([["a", 1]]) }, '"map" is a Map: JSON would write it as {}.'],
    ["a Set", new Set([1]), "The value is a Set: JSON would write it as {}."],
    ["a regular expression", { pattern: /a/ }, '"pattern" is a RegExp: JSON would write it as {}.'],
    ["an error", { error: new Error("no") }, '"error" is an Error: JSON would write it as {}.'],
    ["bytes without a view", { bytes: new ArrayBuffer(2) }, '"bytes" is an ArrayBuffer: JSON would write it as {}.'],
    ["headers", { headers: new Headers({ a: "b" }) }, '"headers" is a Headers: JSON would write it as {}.'],
    [
      "an object with its own then()",
      { rows: Object.fromEntries(["then"].map((name) => [name, (): void => undefined])) },
      '"rows" was not awaited: JSON would write it as {}.',
    ],
    ["a promise of toJSON()", { a: { toJSON: () => Promise.resolve(1) } }, '"a" was not awaited: JSON would write it as {}.'],
    [
      "a promise in what toJSON() gives",
      { a: { toJSON: () => ({ b: Promise.resolve(1) }) } },
      '"a.b" was not awaited: JSON would write it as {}.',
    ],
    ["a function that was not called", { rows: Note.where }, '"rows" is a function: JSON would leave it out.'],
    ["a function in a list of objects", [{ a: {} }, { rows: (): void => undefined }], '"1.rows" is a function: JSON would leave it out.'],
    ["private fields", { secret: new Secret() }, '"secret" is a Secret: JSON would write it as {}.'],
  ];
  for (const [name, value, message] of lost)
    it(`refuses what JSON would empty: ${name}`, () => {
      assert.throws(() => toJsonText(value), { code: "E_JSON_VALUE", message });
    });

  it("names an object without a class", () => {
    const generator = (function* (): Generator<number> {})();
    assert.throws(() => toJsonText(generator), { message: "The value is an object without a name: JSON would write it as {}." });
  });

  const [direct, inList, shown, large]: Array<Record<string, unknown>> = [{}, { list: [{}, {}] }, {}, { id: 5n }] as const;
  direct!["self"] = direct;
  (inList!["list"] as object[])[1] = { a: inList!["list"] };
  shown!["a"] = { toJSON: () => ({ b: shown }) };
  large!["parent"] = { child: large };
  for (const [value, path] of [
    [direct, "self"],
    [inList, "list.1.a"],
    [shown, "a.b"],
    [large, "parent.child"],
  ] as const)
    it(`refuses a value that contains itself at ${path}`, () => {
      assert.throws(() => toJsonText(value), {
        code: "E_JSON_VALUE",
        message: `"${path}" is an object that contains it: JSON cannot hold a cycle.`,
        fix: `Leave out "${path}", or give an id in its place.`,
      });
    });

  it("writes a value twice that is not around itself", () => {
    const one = { id: 1 };
    assert.equal(toJsonText({ a: one, b: [one] }), '{"a":{"id":1},"b":[{"id":1}]}');
  });

  it("passes on what a getter throws", () => {
    const failing = Object.defineProperty({}, "a", { enumerable: true, get: () => assert.fail("circular reasoning") });
    assert.throws(() => toJsonText(failing), { message: "circular reasoning" });
  });

  const kept: ReadonlyArray<readonly [value: unknown, text: string]> = [
    [{}, "{}"],
    [{ a: {}, b: [], c: null }, '{"a":{},"b":[],"c":null}'],
    [Object.create(null), "{}"],
    [{ text: "{}" }, '{"text":"{}"}'],
    [new Shown(), "{}"],
    [{ map: new Map(), at: new Date(0), toJSON: () => ({}) }, "{}"],
    [{ a: undefined }, "{}"],
    [{ id: 1, a: {}, run: (): void => undefined }, '{"id":1,"a":{}}'],
    [{ a: { toJSON: () => undefined }, b: {} }, '{"b":{}}'],
  ];
  for (const [value, text] of kept)
    it(`writes ${text}`, () => {
      assert.equal(toJsonText(value), text);
    });

  it("names the missing await in the reply of a handler", async () => {
    const app = gable({ mode: "test", logger: silentLogger, routes: [get("/", () => ({ rows: Note.where() }))] });
    await assert.rejects(createTestClient(app).get("/"), {
      code: "E_JSON_VALUE",
      fix: 'Write await before the value of "rows".',
    });
  });
});
