import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAddress, parseAddresses, toAddressText } from "./address.ts";

/** What you write, and the name and the address that come out. */
const accepted: ReadonlyArray<readonly [string, string, string]> = [
  ["ann@example.com", "", "ann@example.com"],
  ["  ann@example.com ", "", "ann@example.com"],
  ["Ann <ann@example.com>", "Ann", "ann@example.com"],
  ['"Doe, Ann" <ann@example.com>', "Doe, Ann", "ann@example.com"],
  ['"A \\"B\\" C" <ann@example.com>', 'A "B" C', "ann@example.com"],
  ["Ann@EXAMPLE.com", "", "Ann@example.com"],
  ["o'neil+news@example.co.uk", "", "o'neil+news@example.co.uk"],
  ["ann@bücher.example", "", "ann@xn--bcher-kva.example"],
  ["ann@例え.テスト", "", "ann@xn--r8jz45g.xn--zckzah"],
  ["jürgen@example.com", "", "jürgen@example.com"],
  ["root@localhost", "", "root@localhost"],
  ["ann@1and1.example", "", "ann@1and1.example"],
  ["ann@0x7f.example", "", "ann@0x7f.example"],
  [`${"a".repeat(64)}@example.com`, "", `${"a".repeat(64)}@example.com`],
  [`a@${`${"b".repeat(60)}.`.repeat(4)}${"c".repeat(8)}`, "", `a@${`${"b".repeat(60)}.`.repeat(4)}${"c".repeat(8)}`],
];

const refused: ReadonlyArray<readonly [string, RegExp]> = [
  ["", /before the @/],
  ["ann", /before the @/],
  ["@example.com", /before the @/],
  ["ann@", /not a domain/],
  ["a b@example.com", /before the @/],
  [".ann@example.com", /before the @/],
  ["ann..b@example.com", /before the @/],
  ["ann@exa mple.com", /not a domain/],
  ["ann@-example.com", /not a domain/],
  ["ann@example..com", /not a domain/],
  ["ann@ex%61mple.com", /not a domain/],
  ["ann@example%2ecom", /not a domain/],
  ["ann@0x7f.1", /not a domain/],
  ["ann@127.1", /not a domain/],
  ["ann@1", /not a domain/],
  ["ann@127.0.0.1", /not a domain/],
  ["ann@\uff11\uff12\uff17.1", /not a domain/],
  ["ann@[127.0.0.1]", /not a domain/],
  ["ann@example.1", /not a domain/],
  ["ann@example.com, ben@example.com", /before the @|not a domain/],
  ["ann@ben@example.com", /before the @/],
  [`${"a".repeat(65)}@example.com`, /longer than 64 bytes/],
  [`${"ü".repeat(33)}@example.com`, /longer than 64 bytes/],
  [`ab@${`${"b".repeat(60)}.`.repeat(4)}${"c".repeat(8)}`, /longer than 254 bytes/],
];

const broken = [
  "ann@example.com\r\nBcc: x@example.com",
  "Ann\nX: y <ann@example.com>",
  "a\0@example.com",
  "Ann\u2028 <ann@example.com>",
  "a\ud800@example.com",
  "\udc00 <ann@example.com>",
];

describe("parseAddress()", () => {
  for (const [text, name, address] of accepted)
    it(`reads ${JSON.stringify(text.slice(0, 40))}`, () => assert.deepEqual({ ...parseAddress(text, "to") }, { name, address }));

  for (const [text, reason] of refused)
    it(`refuses ${JSON.stringify(text.slice(0, 40))} and says why`, () =>
      assert.throws(() => parseAddress(text, "to"), { code: "E_MAIL_ADDRESS", message: reason }));

  for (const text of broken)
    it(`refuses the control character in ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAddress(text, "to"), { code: "E_MAIL_HEADER" });
      assert.throws(() => parseAddress({ name: text, address: "ann@example.com" }, "to"), { code: "E_MAIL_HEADER" });
    });

  it("takes a name and an address apart", () => {
    const address = parseAddress({ name: "Ann Doe", address: "ann@example.com" }, "to");
    assert.equal(toAddressText(address), "Ann Doe <ann@example.com>");
  });
});

describe("parseAddresses()", () => {
  it("reads nothing, one address, and a list", () => {
    assert.deepEqual(parseAddresses(undefined, "cc"), []);
    assert.equal(parseAddresses("ann@example.com", "cc").length, 1);
    assert.equal(parseAddresses(["ann@example.com", "Ben <ben@example.com>"], "cc")[1]!.name, "Ben");
  });
});
