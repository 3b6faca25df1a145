import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHostCheck, isLoopbackName } from "./hosts.ts";

describe("isLoopbackName()", () => {
  const rows: ReadonlyArray<readonly [name: string, isLoopback: boolean]> = [
    ["localhost", true],
    ["app.localhost", true],
    ["[::1]", true],
    ["127.0.0.1", true],
    ["127.255.255.254", true],
    ["applocalhost", false],
    ["localhost.example.com", false],
    ["[::2]", false],
    ["128.0.0.1", false],
    ["127.0.0", false],
    ["127.0.0.1.example.com", false],
    ["example.com", false],
  ];
  for (const [name, isLoopback] of rows) it(`is ${isLoopback} for ${name}`, () => assert.equal(isLoopbackName(name), isLoopback));
});

describe("createHostCheck()", () => {
  const rows: ReadonlyArray<readonly [hosts: readonly string[] | undefined, authority: string, isAllowed: boolean]> = [
    [["example.com"], "example.com", true],
    [["EXAMPLE.com"], "example.com", true],
    [["example.com"], "example.com:8080", true],
    [["example.com"], "www.example.com", false],
    [["example.com:8080"], "example.com:8080", true],
    [["example.com:8080"], "example.com", false],
    [["example.com:8080"], "example.com:80", false],
    [[".example.com"], "example.com", true],
    [[".example.com"], "a.b.example.com:1", true],
    [[".example.com"], "badexample.com", false],
    [["a.com", ".b.com"], "x.b.com", true],
    [["a.com", ".b.com"], "x.a.com", false],
    [["[::2]:80"], "[::2]:80", true],
    [["[::2]"], "[::2]", true],
    [[], "localhost", false],
    [undefined, "example.com", false],
  ];
  for (const [hosts, authority, isAllowed] of rows)
    it(`of ${JSON.stringify(hosts)} ${isAllowed ? "answers" : "refuses"} ${authority}, each time`, () => {
      const check = createHostCheck(hosts, false);
      assert.deepEqual([check(authority), check(authority)], [isAllowed, isAllowed]);
    });

  it("answers for this machine where it may, with and without a list", () => {
    for (const hosts of [undefined, ["example.com"]])
      for (const name of ["localhost", "localhost:3000", "127.0.0.1", "[::1]:80"]) {
        assert.equal(createHostCheck(hosts, true)(name), true, name);
        assert.equal(createHostCheck(hosts, false)(name), false, name);
      }
  });

  const origins: ReadonlyArray<readonly [origin: string, hosts: readonly string[] | undefined, authority: string, isAllowed: boolean]> = [
    ["https://shop.test", undefined, "shop.test", true],
    ["https://shop.test", undefined, "shop.test:3000", true],
    ["https://shop.test", ["other.test"], "shop.test", true],
    ["https://shop.test", ["other.test"], "other.test", true],
    ["https://shop.test", [], "www.shop.test", false],
    ["https://shop.test", undefined, "evilshop.test", false],
    ["http://shop.test:3000", undefined, "shop.test:3000", true],
    ["http://shop.test:3000", undefined, "shop.test", false],
    ["http://[::2]:3000", undefined, "[::2]:3000", true],
    ["https://shop.test.", undefined, "shop.test.", true],
  ];
  for (const [origin, hosts, authority, isAllowed] of origins)
    it(`${isAllowed ? "answers" : "refuses"} ${authority} with the origin ${origin} and hosts ${JSON.stringify(hosts)}`, () =>
      assert.equal(createHostCheck(hosts, false, origin)(authority), isAllowed));

  it("answers in the same way after more names than it remembers", () => {
    const check = createHostCheck([".example.com"], false);
    for (let count = 0; count < 600; count++) {
      assert.equal(check(`${count}.example.com`), true);
      assert.equal(check(`${count}.example.org`), false);
    }
  });

  for (const host of ["", ".", "a b", "-a", "a-", "http://a", "a/b", "a:", "a:123456", "*.a", "é", "[::1", "[x]", "a@b"])
    it(`refuses ${JSON.stringify(host)} in the list`, () =>
      assert.throws(() => createHostCheck([host], true), { code: "E_OPTION_INVALID" }));
});
