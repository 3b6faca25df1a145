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
