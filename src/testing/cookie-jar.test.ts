import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CookieJar } from "./cookie-jar.ts";

const past = "Thu, 01 Jan 1970 00:00:00 GMT";

describe("CookieJar", () => {
  /** Lines set at an address, an address that is asked then, and the Cookie field of that request. */
  const rows: Array<[string, string[], string, string, string | undefined]> = [
    ["sends a cookie back", ["a=1"], "http://localhost/", "http://localhost/", "a=1"],
    ["takes the newer value", ["a=1; Path=/", "a=2; Path=/"], "http://localhost/", "http://localhost/", "a=2"],
    ["deletes with Max-Age=0", ["a=1; Path=/", "a=; Path=/; Max-Age=0"], "http://localhost/", "http://localhost/", undefined],
    ["deletes with attributes in any case", ["a=1; path=/", "a=;PATH=/;max-age=0"], "http://localhost/", "http://localhost/", undefined],
    [
      "deletes with a date in the past",
      ["a=1; Path=/", `a=; Path=/; Expires=${past}`],
      "http://localhost/",
      "http://localhost/",
      undefined,
    ],
    ["prefers Max-Age to Expires", [`a=1; Max-Age=60; Expires=${past}`], "http://localhost/", "http://localhost/", "a=1"],
    ["ignores a date that cannot be read", ["a=1; Expires=soon"], "http://localhost/", "http://localhost/", "a=1"],
    [
      "does not delete a cookie of another path",
      ["a=1; Path=/x", "a=; Path=/; Max-Age=0"],
      "http://localhost/x",
      "http://localhost/x",
      "a=1",
    ],
    ["sends to the path and below", ["a=1; Path=/x"], "http://localhost/", "http://localhost/x/y", "a=1"],
    ["does not send to a path with the same prefix only", ["a=1; Path=/x"], "http://localhost/", "http://localhost/xy", undefined],
    ["does not send above the path", ["a=1; Path=/x"], "http://localhost/x", "http://localhost/", undefined],
    ["has the folder of the page as its default path", ["a=1"], "http://localhost/x/y", "http://localhost/x/z", "a=1"],
    ["does not send outside of the default path", ["a=1"], "http://localhost/x/y", "http://localhost/", undefined],
    ["sends longer paths first", ["a=1; Path=/", "a=2; Path=/x"], "http://localhost/", "http://localhost/x", "a=2; a=1"],
    ["keeps a secure cookie on https", ["a=1; Secure"], "https://shop.example/", "https://shop.example/", "a=1"],
    ["does not send a secure cookie over http", ["a=1; Secure"], "https://shop.example/", "http://shop.example/", undefined],
    ["refuses a secure cookie over http", ["a=1; Secure"], "http://shop.example/", "https://shop.example/", undefined],
    ["treats loopback like https", ["a=1; Secure"], "http://localhost/", "http://localhost/", "a=1"],
    ["does not send to sub-domains by default", ["a=1"], "https://shop.example/", "https://www.shop.example/", undefined],
    ["sends to sub-domains with a domain", ["a=1; Domain=.Shop.Example"], "https://shop.example/", "https://www.shop.example/", "a=1"],
    ["refuses the domain of another site", ["a=1; Domain=other.example"], "https://shop.example/", "https://other.example/", undefined],
    ["refuses __Host- without Secure", ["__Host-a=1; Path=/"], "https://shop.example/", "https://shop.example/", undefined],
    ["refuses __Host- with another path", ["__Host-a=1; Path=/x; Secure"], "https://shop.example/x", "https://shop.example/x", undefined],
    [
      "refuses __Host- with a domain",
      ["__Host-a=1; Path=/; Secure; Domain=shop.example"],
      "https://shop.example/",
      "https://shop.example/",
      undefined,
    ],
    ["keeps a good __Host-", ["__Host-a=1; Path=/; Secure"], "https://shop.example/", "https://shop.example/", "__Host-a=1"],
    ["refuses SameSite=None without Secure", ["a=1; SameSite=None"], "https://shop.example/", "https://shop.example/", undefined],
    ["ignores a line without a name", ["=1", "novalue"], "https://shop.example/", "https://shop.example/", undefined],
  ];
  for (const [title, lines, setAt, asked, field] of rows) {
    it(title, () => {
      const jar = new CookieJar();
      jar.keep(lines, new URL(setAt));
      assert.equal(jar.toField(new URL(asked)), field);
    });
  }

  it("lists cookies by name, without those that have ended", () => {
    const jar = new CookieJar();
    jar.keep(["a=1; Path=/x", "b=2", `c=3; Expires=${past}`], new URL("http://localhost/"));
    assert.deepEqual(
      [...jar.toMap()],
      [
        ["a", "1"],
        ["b", "2"],
      ],
    );
  });
});
