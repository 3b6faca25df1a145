import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeValue } from "../errors/option-errors.ts";
import { HeaderTable } from "./header-table.ts";

describe("HeaderTable", () => {
  it("reads names without case, and joins lines", () => {
    const table = new HeaderTable([
      ["Via", "a"],
      ["VIA", "b"],
      ["X-A", "1"],
    ]);
    assert.equal(table.get("via"), "a, b");
    assert.deepEqual(table.all("Via"), ["a", "b"]);
    assert.equal(table.get("missing"), null);
    assert.deepEqual(
      ["VIA", "x-a", "missing"].map((name) => [table.has(name), HeaderTable.on(table).has(name)]),
      [
        [true, true],
        [true, true],
        [false, false],
      ],
    );
    assert.deepEqual(
      [...table],
      [
        ["via", "a"],
        ["via", "b"],
        ["x-a", "1"],
      ],
    );
  });

  it("extends a frozen base without changing it", () => {
    const base = new HeaderTable([
      ["a", "1"],
      ["b", "2"],
    ]);
    const table = HeaderTable.on(base).append("c", "3").set("a", "9");
    assert.deepEqual(
      [...table],
      [
        ["b", "2"],
        ["c", "3"],
        ["a", "9"],
      ],
    );
    assert.equal(base.toWire(), "a: 1\r\nb: 2\r\n");
    assert.equal(table.delete("b").toWire(), "c: 3\r\na: 9\r\n");
    assert.throws(() => base.set("a", "x"), { message: "This header table is frozen: make one on it with HeaderTable.on(table)." });
  });

  it("renews its wire form after a change", () => {
    const table = new HeaderTable([["a", "1"]]);
    assert.equal(table.toWire(), "a: 1\r\n");
    assert.equal(table.append("b", "2").toWire(), "a: 1\r\nb: 2\r\n");
  });

  it("has no prototype keys", () => {
    const table = new HeaderTable([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    assert.equal(table.get("__proto__"), "x");
    assert.equal(table.get("toString"), null);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });

  it("rejects names that are not tokens", () => {
    for (const name of ["", "a b", "a:", "a\r\nb", "é", "a\0"])
      assert.throws(() => new HeaderTable().set(name, "x"), { code: "E_HEADER_NAME_FORBIDDEN" });
  });

  it("refuses values that would split the head, U+010A with its low byte LF included", () => {
    for (const value of ["a\rb", "a\nb", "a\0b", "\u010a", "\u2028", "\ud800", "a\x7f", "\x1f"]) {
      assert.throws(() => new HeaderTable().set("x-a", value), { code: "E_HEADER_VALUE_FORBIDDEN" }, JSON.stringify(value));
    }
    assert.equal(new HeaderTable().set("x-a", "a\tb ~\xff").get("x-a"), "a\tb ~\xff");
  });

  for (const value of [undefined, null, 5, ["a"]])
    it(`says that ${describeValue(value)} is not a string`, () => {
      assert.throws(() => new HeaderTable().set("x-a", value as never), {
        // What JavaScript may pass.
        code: "E_HEADER_VALUE_FORBIDDEN",
        message: `The header "x-a" is ${describeValue(value)}; it must be a string.`,
      });
    });

  it("refuses the fields of the engine", () => {
    for (const name of ["Date", "connection", "Keep-Alive", "Transfer-Encoding", "trailer", "UPGRADE"]) {
      assert.throws(() => new HeaderTable().append(name, "x"), {
        code: "E_HEADER_RESERVED",
        message: `The header "${name}" is written by the engine alone.`,
      });
    }
  });
});
