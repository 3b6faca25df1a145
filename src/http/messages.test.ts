/** The small parsers and writers of messages: tables of cases from the RFCs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAuthority, toAuthorityText } from "./authority.ts";
import { evaluateConditions, holdsIfRange } from "./conditions.ts";
import { parseCookies, serializeCookie } from "./cookies.ts";
import type { CookieOptions } from "./cookies.ts";
import { parseEntityTag, parseEntityTags } from "./entity-tag.ts";
import { addVary, parseCacheControl, parseRetryAfter, splitList, toCacheControl, toContentDisposition, toLink } from "./fields.ts";
import { HeaderTable } from "./header-table.ts";
import { parseHttpDate, toHttpDate } from "./http-date.ts";
import { isInBlock, parseCidr, parseIpAddress } from "./ip-address.ts";
import { parseJsonBody } from "./json-body.ts";
import { isJsonType, isUtf8, parseMediaType } from "./media-type.ts";
import { preferredEncoding, preferredLanguage, preferredType, prefersJson } from "./negotiation.ts";
import { findPathFault, toCanonicalPath } from "./path.ts";
import { errorToProblem, reasonPhrase, toProblem } from "./problem.ts";
import { parseRange } from "./ranges.ts";
import { hostileTargets } from "./redirect-target.cases.ts";
import { isSafeRedirectTarget, safeRedirectTarget, toRedirectLocation } from "./redirect-target.ts";
import { parseQuery, parseUrlencoded, serializeQuery } from "./urlencoded.ts";
import { GableError } from "../errors/gable-error.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("parseMediaType()", () => {
  it("lowers names, keeps values, unquotes", () => {
    assert.deepEqual(parseMediaType('Text/HTML; Charset="UTF-8" ; a=b'), {
      type: "text/html",
      params: new Map([
        ["charset", "UTF-8"],
        ["a", "b"],
      ]),
    });
    assert.deepEqual(parseMediaType('a/b;x="\\"q\\\\"').params.get("x"), '"q\\');
  });

  const withEmpty = [
    "text/html;",
    "text/html;;",
    "text/html ; ;",
    "text/html;\t",
    "text/html;;a=b",
    "text/html; a=b;",
    "text/html; a=b ; ;",
  ];
  for (const text of withEmpty)
    it(`accepts empty parameters in ${JSON.stringify(text)}`, () => {
      const { type, params } = parseMediaType(text);
      assert.equal(type, "text/html");
      assert.deepEqual([...params], text.includes("a=b") ? [["a", "b"]] : []);
    });

  const bad = [
    "",
    "text",
    "text/",
    "/html",
    "text/html; charset",
    "text/html; charset=",
    "text/html; a=b; A=c",
    'text/html; a="b',
    "text/html a=b",
    "te xt/html",
    "text/html; a=b c",
    "a/b/c",
    "text/html,text/plain",
    'a/b;x="\x01"',
  ];
  for (const text of bad)
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseMediaType(text), { code: "E_MEDIA_TYPE_MALFORMED" }));
});

describe("kinds of media types", () => {
  it("are JSON by name or by suffix", () => {
    const names = [
      "application/json",
      "application/problem+json",
      "text/json",
      "text/x+json",
      "application/jsonx",
      "application/xml",
      "x+json",
    ];
    assert.deepEqual(names.filter(isJsonType), ["application/json", "application/problem+json"]);
  });

  it("are UTF-8 without a charset, or with one that means it", () => {
    const charsets = ["", ";charset=utf-8", ";charset=UTF8", ";charset=us-ascii", ";charset=latin1", ";charset=utf-16", ";charset=xutf-8"];
    assert.deepEqual(
      charsets.filter((text) => isUtf8(parseMediaType(`text/plain${text}`))),
      charsets.slice(0, 4),
    );
  });
});

describe("preferredType()", () => {
  const types = ["application/json", "text/html"] as const;
  const rows: Array<[string | null, string | undefined]> = [
    [null, "application/json"],
    ["", "application/json"],
    ["*/*", "application/json"],
    ["text/*;q=0.5, text/html", "text/html"],
    ["text/html;q=0, */*", "application/json"],
    ["text/html, application/json", "application/json"],
    ["text/html;q=0.9, application/json;q=0.8", "text/html"],
    ["image/png", undefined],
    ["application/json;q=0", undefined],
    ["text/html;q=2", "application/json"],
    ["broken///", "application/json"],
    ["application/*;q=0.1, text/html;q=0.2", "text/html"],
    ["TEXT/HTML", "text/html"],
    ["text/html;level=1", undefined],
    ["text/html;q=0.1234", "application/json"],
    ["text/html;", "text/html"],
    ["text/html;;q=0.9, application/json; ;q=0.8", "text/html"],
    ["application/json;charset=utf-8, text/html;q=0.5", "application/json"],
    ["application/json;charset=utf-8, application/json;q=0.1, text/html;q=0.5", "text/html"],
    ["application/json;q=0.1, application/json;charset=utf-8, text/html;q=0.5", "text/html"],
    ["application/*;q=0.1, application/json;charset=utf-8, text/html;q=0.5", "application/json"],
    ["application/json;charset=utf-8, application/*;q=0.1, text/html;q=0.5", "application/json"],
    ["application/json;charset=utf-8;v=1, text/html;q=0.5", "text/html"],
    ["*/*;q=0.9, text/*;q=0.2, application/json;q=0.3", "application/json"],
    ["text/*;q=0.2, */*;q=0.1", "text/html"],
  ];
  for (const [accept, expected] of rows) it(`${accept} -> ${expected}`, () => assert.equal(preferredType(accept, types), expected));

  it("looks at 32 items and no more", () => {
    const many = (count: number): string => `${"x/y, ".repeat(count)}text/html`;
    assert.equal(preferredType(many(31), types), "text/html");
    assert.equal(preferredType(many(32), types), undefined);
  });
});

describe("prefersJson()", () => {
  const rows: Array<[string | null, boolean]> = [
    [null, false],
    ["", false],
    ["*/*", false],
    ["text/html", false],
    ["text/plain", false],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
    ["image/avif,image/webp,*/*;q=0.8", false],
    ["application/json, text/plain, */*", true],
    ["application/json", true],
    ["application/problem+json", true],
    ["APPLICATION/JSON", true],
    ["application/*, */*", true],
    ["application/json;charset=utf-8, */*", true],
    ["application/json; odata=verbose", true],
    ["application/json;v=1, */*", true],
    ['application/json; v="1"; charset=utf-8, */*', true],
    ["application/json;indent=2;q=0.8,text/html;q=0.7", true],
    ["application/json;indent=2;q=0.6,text/html;q=0.7", false],
    ["application/vnd.api+json", true],
    ["application/ld+json, */*", true],
    ["application/vnd.api+json;q=0.2, application/json, text/html;q=0.5", true],
    ["text/html, application/ld+json", false],
    ["application/json;v=1;q=0, */*", false],
    ["application/json;q=0, */*", false],
    ["application/xml, text/xml", false],
    ["broken///, application/json", false],
  ];
  for (const [accept, expected] of rows) it(`${accept} -> ${expected}`, () => assert.equal(prefersJson(accept), expected));
});

describe("preferredType() of a type with parameters", () => {
  const rows: Array<[string, string | undefined]> = [
    ['text/html; level="1"', "text/html;level=1"],
    ["text/html;level=1;q=0.1, text/html;q=0.5", "text/plain"],
    ["text/html;q=0.9", "text/html;level=1"],
    ["text/html;level=2", undefined],
  ];
  for (const [accept, expected] of rows)
    it(`${accept} -> ${expected}`, () =>
      assert.equal(
        preferredType(`${accept}, text/plain;q=${expected === undefined ? 0 : 0.2}`, ["text/html;level=1", "text/plain"]),
        expected,
      ));
});

describe("preferredLanguage() and preferredEncoding()", () => {
  it("match tags by prefix", () => {
    assert.equal(preferredLanguage("de-CH, en;q=0.5", ["en", "de"]), "en");
    assert.equal(preferredLanguage("de, en;q=0.5", ["en", "de-AT"]), "de-AT");
    assert.equal(preferredLanguage("fr", ["en"]), undefined);
  });

  it("accept identity unless it is excluded", () => {
    assert.equal(preferredEncoding("gzip, br;q=0.5", ["br", "gzip", "identity"]), "gzip");
    assert.equal(preferredEncoding("zstd", ["br", "identity"]), "identity");
    assert.equal(preferredEncoding("identity;q=0", ["identity"]), undefined);
    assert.equal(preferredEncoding("*;q=0", ["identity"]), undefined);
    assert.equal(preferredEncoding(null, ["br", "identity"]), "identity");
    assert.equal(preferredEncoding("*", ["br", "identity"]), "br");
    assert.equal(preferredEncoding("br", ["gzip", "br"]), "br");
    assert.equal(preferredEncoding("zstd", ["gzip", "br"]), undefined);
    assert.equal(preferredEncoding(null, ["gzip", "br"]), "gzip");
  });
});

/** Characters that a cookie may not have: they end it, or some parsers trim them. */
const forbiddenCharacters = [
  "\r",
  "\n",
  "\0",
  "\t",
  "\x7f",
  ";",
  "\u0085",
  "\u00a0",
  "\u1680",
  "\u2000",
  "\u2028",
  "\u3000",
  "\ufeff",
  "\ud800",
];

describe("parseCookies()", () => {
  it("splits, trims, decodes, keeps quotes and broken escapes, and keeps the first of two equal names", () => {
    const cookies = parseCookies('a=1;b = x ; c="q";a=2; d=%41%zz; e=%42; =x; noequals; f=a=b');
    assert.deepEqual(Object.fromEntries(cookies), { a: "1", b: "x", c: '"q"', d: "%41%zz", e: "B", f: "a=b" });
  });

  it("makes two cookies of a prefixed name absent", () => {
    const cookies = parseCookies("__Host-a=1; __Host-a=2; __Secure-b=1; __secure-b=2; c=1");
    assert.equal(cookies.has("__Host-a"), false);
    assert.equal(cookies.get("__Secure-b"), "1");
  });

  // A semicolon ends a pair, and a tab around a name is trimmed.
  for (const character of forbiddenCharacters.filter((each) => each !== ";" && each !== "\t")) {
    // Fields of a request have one character per byte.
    const raw = Buffer.from(character).toString("latin1");
    const encoded = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    it(`reads names and values with ${JSON.stringify(character)} as absent`, () => {
      const field = `${raw}__Host-a=1; b${raw}=1; c=x${encoded}; ok=1`;
      assert.deepEqual([...parseCookies(field).keys()], ["ok"].concat(character.toWellFormed() === character ? [] : ["c"]).sort());
    });
  }

  it("takes 180 pairs and refuses 181", () => {
    const many = (count: number): string => Array.from({ length: count }, (_, index) => `c${index}=1`).join("; ");
    assert.equal(parseCookies(many(180)).size, 180);
    assert.throws(() => parseCookies(many(181)), { code: "E_COOKIES_TOO_MANY", status: 400 });
  });
});

describe("serializeCookie()", () => {
  it("has safe defaults and encodes values", () => {
    assert.equal(serializeCookie("a", "x y,é"), "a=x%20y%2C%C3%A9; Path=/; HttpOnly; SameSite=Lax");
    const all: CookieOptions = {
      path: "/p",
      domain: "a.test",
      maxAgeSeconds: 60,
      expires: new Date(0),
      secure: true,
      httpOnly: false,
      sameSite: "none",
      partitioned: true,
    };
    assert.equal(
      serializeCookie("a", "1", all),
      "a=1; Path=/p; Domain=a.test; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=None; Partitioned",
    );
  });

  const bad: Array<[string, string, CookieOptions, string?]> = [
    ["a b", "x", {}, "E_COOKIE_NAME"],
    ["", "x", {}, "E_COOKIE_NAME"],
    ...forbiddenCharacters.flatMap((character): Array<[string, string, CookieOptions, string]> => [
      [`a${character}`, "x", {}, "E_COOKIE_NAME"],
      [`${character}a`, "x", {}, "E_COOKIE_NAME"],
      ["a", `x${character}y`, {}, "E_COOKIE_VALUE"],
      ["a", `x${character}`, {}, "E_COOKIE_VALUE"],
    ]),
    ["a", "x", { path: "/;x" }],
    ["a", "x", { path: "/\r\n" }],
    ["a", "x", { domain: "a\0" }],
    ...["", "a", "a/b", " /"].map((path): [string, string, CookieOptions] => ["a", "x", { path }]),
    ...["", ".", "a b", "a..b", "-a.test", "a-.test", "a.test.", "a.test/p", "a.test:80", "https://a.test", "ü.test", "*.a.test"].map(
      (domain): [string, string, CookieOptions] => ["a", "x", { domain }],
    ),
    ["a", "x", { expires: new Date(Date.UTC(1601, 0, 1) - 1) }],
    ["a", "x", { expires: new Date(Date.UTC(10_000, 0, 1)) }],
    ["a", "x", null as unknown as CookieOptions, "E_OPTION_INVALID"],
    ...[undefined, null, 5, true, {}, ["x"], new Date(0)].map((value): [string, string, CookieOptions, string] => [
      "a",
      value as unknown as string,
      {},
      "E_COOKIE_VALUE",
    ]),
    ["a", "x", { sameSite: "none" }],
    ["a", "x", { partitioned: true }],
    ["__Host-a", "x", {}],
    ["__Secure-a", "x", {}],
    ["__Host-a", "x", { secure: true, domain: "a.test" }],
    ["__Host-a", "x", { secure: true, path: "/p" }],
    ["a", "x", { maxAgeSeconds: 1.5 }],
    ["a", "x", { maxAgeSeconds: -1 }],
    ["a", "x", { maxAgeSeconds: 400 * 86_400 + 1 }],
    ["a", "x", { expires: new Date(Number.NaN) }],
    // JavaScript callers can pass any text.
    ["a", "x", { sameSite: "LAX" as "lax" }],
    ["a", "x", { sameSite: "constructor" as "lax" }],
    ["a", "x", { sameSite: "lax; Domain=evil" as "lax" }],
    ["a", "x", { sameSite: true as unknown as "lax" }],
    ["a", "x", { secure: "false" as unknown as boolean }],
    ["a", "x", { secure: 1 as unknown as boolean }],
    ["a", "x", { httpOnly: "false" as unknown as boolean }],
    ["a", "x", { httpOnly: 0 as unknown as boolean }],
    ["a", "x", { secure: true, partitioned: "yes" as unknown as boolean }],
    ["a", "x", { path: 1 as unknown as string }],
    ["a", "x", { domain: ["a.test"] as unknown as string }],
    ["a", "x", { maxAgeSeconds: "60" as unknown as number }],
    ["a", "x", { maxAgeSeconds: Number.NaN }],
    ["a", "x", { maxAgeSeconds: Infinity }],
    ["a", "x", { expires: 0 as unknown as Date }],
    ["a", "x", { expires: "Thu, 01 Jan 1970 00:00:00 GMT" as unknown as Date }],
    ["a", "x", { expires: null as unknown as Date }],
    ["a", "x", { maxAge: 60 } as CookieOptions, "E_OPTION_UNKNOWN"],
    ["a", "x", { samesite: "none" } as CookieOptions, "E_OPTION_UNKNOWN"],
    ["a", "x", { HttpOnly: false } as CookieOptions, "E_OPTION_UNKNOWN"],
    ["a", "x".repeat(4097 - 34), {}, "E_COOKIE_TOO_LONG"],
  ];
  for (const [name, value, options, code = "E_COOKIE_INVALID"] of bad) {
    it(`refuses ${JSON.stringify([name, String(value).slice(0, 10), options])}`, () =>
      assert.throws(() => serializeCookie(name, value, options), { code }));
  }

  it("takes what is exactly at the limits", () => {
    assert.equal(serializeCookie("a", "x".repeat(4096 - 34)).length, 4096);
    assert.match(serializeCookie("a", "x", { maxAgeSeconds: 400 * 86_400 }), /Max-Age=34560000/);
    assert.match(serializeCookie("a", "x", { expires: new Date(Date.UTC(1601, 0, 1)) }), /Expires=Mon, 01 Jan 1601 00:00:00 GMT/);
    assert.match(serializeCookie("a", "x", { expires: new Date(Date.UTC(10_000, 0, 1) - 1) }), /Expires=Fri, 31 Dec 9999 23:59:59 GMT/);
    for (const domain of ["localhost", "a.test", ".a.test", "xn--bcher-kva.test", "a-b.c_d.test", "127.0.0.1"])
      assert.ok(serializeCookie("a", "x", { domain }).includes(`; Domain=${domain};`), domain);
    for (const path of ["/", "/a/b", "/a b"]) assert.ok(serializeCookie("a", "x", { path }).includes(`; Path=${path};`), path);
  });
});

describe("parseQuery()", () => {
  for (const text of [
    "",
    "a=b",
    "a=b&a=c&d",
    "&&a=&=b&=",
    "a+b=c%20d",
    "%zz=%4",
    "%C3%A9=%c3",
    "a=%F0%9F%98%80+x",
    "=",
    "a=b=c",
    "%",
    "a=%EF%BB%BFx",
    "%F0%9F=x",
    "%zz%c3%a9%C3%A9",
    "%FF%af%09%90%Fa",
    "%0g%g0%/1%1/%:1%1:%@1%1@%`1%1`%G1%1G",
    "%zz%2",
    "%zz%",
    "%EF%BB%BF%zz",
  ]) {
    it(`reads ${JSON.stringify(text)} as URLSearchParams does`, () =>
      assert.deepEqual([...parseQuery(text)], [...new URLSearchParams(text)]));
  }

  it("takes 1,000 pairs and refuses 1,001", () => {
    assert.equal(parseQuery("a&".repeat(1000)).size, 1000);
    assert.throws(() => parseQuery("a&".repeat(1001)), { code: "E_QUERY_TOO_LARGE", status: 400 });
  });

  it("says that bytes are not UTF-8 if the caller wants to know, and not for a replacement character that was typed", () => {
    const limits = {
      pairsMax: 9,
      onTooMany: () => new GableError("E_INTERNAL", "many"),
      onNotUtf8: () => new GableError("E_INTERNAL", "not UTF-8"),
    };
    for (const text of ["a=%FF", "%C3=1", "a=%zz%ff", "a=%EF%BF%BD%FF"])
      assert.throws(() => parseUrlencoded(text, limits), { message: "not UTF-8" }, text);
    for (const text of ["a=%EF%BF%BD", "a=%zz%EF%BF%BD", "a=%zz", "%C3%A9=%EF%BB%BF%zz"])
      assert.deepEqual([...parseUrlencoded(text, limits)], [...new URLSearchParams(text)], text);
  });

  it("gives first, all, and a record without a prototype", () => {
    const query = parseQuery("a=1&b=2&a=3&__proto__=x");
    assert.equal(query.get("a"), "1");
    assert.deepEqual(query.getAll("a"), ["1", "3"]);
    assert.equal(query.get("c"), null);
    assert.equal(query.has("b"), true);
    const record = query.toRecord();
    assert.equal(Object.getPrototypeOf(record), null);
    assert.deepEqual({ ...record }, { a: ["1", "3"], b: "2", ["__proto__"]: "x" });
  });

  it("writes queries", () => {
    assert.equal(serializeQuery({ a: "x y", b: [1, 2], c: null, d: undefined, e: true }), "?a=x+y&b=1&b=2&e=true");
    assert.equal(serializeQuery({}), "");
  });
});

describe("parseJsonBody()", () => {
  it("reads values, with one byte order mark", () => {
    assert.deepEqual(parseJsonBody(bytes('\ufeff{"a":[1,"\\u0041"]}')), { a: [1, "A"] });
  });

  const nested = (levels: number): Uint8Array => bytes("[".repeat(levels) + "]".repeat(levels));
  const bad: Array<[string, Uint8Array, string]> = [
    ["empty", bytes(""), "E_JSON_MALFORMED"],
    ["cut", bytes('{"a":'), "E_JSON_MALFORMED"],
    ["two marks", bytes("\ufeff\ufeff1"), "E_JSON_MALFORMED"],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "E_JSON_MALFORMED"],
    ["proto", bytes('{"__proto__":1}'), "E_JSON_KEY_FORBIDDEN"],
    ["escaped proto", bytes('{"\\u005f_proto__":{"x":1}}'), "E_JSON_KEY_FORBIDDEN"],
    ["deep proto", bytes('[{"a":{"__proto__":[]}}]'), "E_JSON_KEY_FORBIDDEN"],
    ["65 levels", nested(65), "E_JSON_DEPTH"],
    ["65 levels behind strings", bytes(`["a","\\"",${"[".repeat(64)}${"]".repeat(64)}]`), "E_JSON_DEPTH"],
    ["65 levels of objects", bytes(`${'{"a":'.repeat(65)}1${"}".repeat(65)}`), "E_JSON_DEPTH"],
    ["100,000 levels", nested(100_000), "E_JSON_DEPTH"],
  ];
  for (const [name, body, code] of bad) it(`refuses ${name}`, () => assert.throws(() => parseJsonBody(body), { code, status: 400 }));

  it("takes 64 levels, brackets in strings, and __proto__ as a value", () => {
    assert.ok(parseJsonBody(nested(64)));
    assert.ok(parseJsonBody(bytes(`[${"[{}],".repeat(100)}1]`)));
    assert.equal(parseJsonBody(bytes(`"${"[".repeat(100)}\\"["`)), `${"[".repeat(100)}"[`);
    assert.deepEqual(parseJsonBody(bytes('{"a":"__proto__"}')), { a: "__proto__" });
    // Parts of the codes of these characters are those of brackets, quotes and backslashes.
    const others = "\u225b\u5c5b\u227b\u225c\u{1f45b}".repeat(100);
    assert.deepEqual(parseJsonBody(bytes(`["${others}",{"${others}":[]}]`)), [others, { [others]: [] }]);
  });
});

describe("parseHttpDate()", () => {
  const moment = Date.UTC(1994, 10, 6, 8, 49, 37);
  for (const text of ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
    it(`reads ${text}`, () => assert.equal(parseHttpDate(text)?.getTime(), moment));
  }

  for (const text of [
    "",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 25:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Now 1994 08:49:37 GMT",
    "1994-11-06",
  ]) {
    it(`gives undefined for ${JSON.stringify(text)}`, () => assert.equal(parseHttpDate(text), undefined));
  }

  it("writes IMF-fixdate, and places two-digit years within 50 years", () => {
    assert.equal(toHttpDate(new Date(moment)), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert.equal(parseHttpDate("Wednesday, 01-Jan-76 00:00:00 GMT", new Date("2026-01-01"))?.getUTCFullYear(), 2076);
    assert.equal(parseHttpDate("Saturday, 01-Jan-77 00:00:00 GMT", new Date("2026-01-01"))?.getUTCFullYear(), 1977);
  });
});

describe("entity tags", () => {
  it("are read alone and in lists", () => {
    assert.deepEqual(parseEntityTag('W/"a"'), { isWeak: true, value: "a" });
    assert.deepEqual(parseEntityTags('"a" , W/"b,c",'), [
      { isWeak: false, value: "a" },
      { isWeak: true, value: "b,c" },
    ]);
    assert.equal(parseEntityTags("*"), "*");
    for (const text of ["a", '"a', '"a"b', "", 'w/"a"', '"a b"']) assert.equal(parseEntityTag(text), undefined, text);
    for (const text of ["", ",", "a", '"a" b']) assert.equal(parseEntityTags(text), undefined, text);
  });
});

describe("evaluateConditions()", () => {
  const lastModified = new Date("2026-01-02T00:00:00.500Z");
  const [older, same, newer] = ["Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 02 Jan 2026 00:00:00 GMT", "Sat, 03 Jan 2026 00:00:00 GMT"] as const;
  const rows: Array<[string, Array<[string, string]>, string, string]> = [
    ["no condition", [], "proceed", "proceed"],
    ["If-Match equal", [["if-match", '"a"']], "proceed", "proceed"],
    ["If-Match other", [["if-match", '"b"']], "failed", "failed"],
    ["If-Match weak", [["if-match", 'W/"a"']], "failed", "failed"],
    ["If-Match star", [["if-match", "*"]], "proceed", "proceed"],
    ["If-Match bad", [["if-match", "a"]], "failed", "failed"],
    [
      "If-Match before If-Unmodified-Since",
      [
        ["if-match", '"a"'],
        ["if-unmodified-since", older],
      ],
      "proceed",
      "proceed",
    ],
    ["If-Unmodified-Since older", [["if-unmodified-since", older]], "failed", "failed"],
    ["If-Unmodified-Since same", [["if-unmodified-since", same]], "proceed", "proceed"],
    ["If-Unmodified-Since bad", [["if-unmodified-since", "yesterday"]], "proceed", "proceed"],
    ["If-None-Match equal", [["if-none-match", '"a"']], "not-modified", "failed"],
    ["If-None-Match weak", [["if-none-match", 'W/"a"']], "not-modified", "failed"],
    ["If-None-Match in a list", [["if-none-match", '"x", "a"']], "not-modified", "failed"],
    ["If-None-Match other", [["if-none-match", '"b"']], "proceed", "proceed"],
    ["If-None-Match star", [["if-none-match", "*"]], "not-modified", "failed"],
    [
      "If-None-Match other before If-Modified-Since",
      [
        ["if-none-match", '"b"'],
        ["if-modified-since", newer],
      ],
      "proceed",
      "proceed",
    ],
    ["If-Modified-Since same", [["if-modified-since", same]], "not-modified", "proceed"],
    ["If-Modified-Since newer", [["if-modified-since", newer]], "not-modified", "proceed"],
    ["If-Modified-Since older", [["if-modified-since", older]], "proceed", "proceed"],
    ["If-Modified-Since bad", [["if-modified-since", "x"]], "proceed", "proceed"],
    [
      "failed If-Match before If-None-Match",
      [
        ["if-match", '"b"'],
        ["if-none-match", '"a"'],
      ],
      "failed",
      "failed",
    ],
  ];
  for (const [name, fields, read, write] of rows) {
    it(name, () => {
      const headers = new HeaderTable(fields);
      const validators = { etag: '"a"', lastModified };
      for (const method of ["GET", "HEAD"]) assert.equal(evaluateConditions(method, headers, validators), read, method);
      for (const method of ["PUT", "DELETE"]) assert.equal(evaluateConditions(method, headers, validators), write, method);
    });
  }

  it("lets a range apply for the strong tag or the exact date alone", () => {
    const holds = (value: string, etag = '"a"'): boolean => holdsIfRange(new HeaderTable([["if-range", value]]), { etag, lastModified });
    assert.deepEqual(
      [holds('"a"'), holds('W/"a"'), holds('"b"'), holds(same), holds(newer), holds("x"), holds('"a"', 'W/"a"')],
      [true, false, false, true, false, false, false],
    );
    assert.equal(holdsIfRange(new HeaderTable(), {}), true);
  });
});

describe("parseRange()", () => {
  const rows: Array<[string | null, unknown]> = [
    [null, undefined],
    ["bytes=0-99", { start: 0, end: 99 }],
    ["bytes=900-", { start: 900, end: 999 }],
    ["bytes=-100", { start: 900, end: 999 }],
    ["bytes=-2000", { start: 0, end: 999 }],
    ["bytes=990-2000", { start: 990, end: 999 }],
    ["bytes=999-999", { start: 999, end: 999 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=1000-,2000-", "unsatisfiable"],
    ["bytes=5-1", undefined],
    ["bytes=", undefined],
    ["bytes=-", undefined],
    ["bytes=a-b", undefined],
    ["items=0-1", undefined],
    ["bytes=0-1,3-4", undefined],
    ["Bytes=0-0", { start: 0, end: 0 }],
    [`bytes=${"0-1,".repeat(10)}0-1`, undefined],
    ["bytes=0-99999999999999999", undefined],
  ];
  for (const [field, expected] of rows) it(`${String(field).slice(0, 30)}`, () => assert.deepEqual(parseRange(field, 1000), expected));

  it("gives nothing of an empty body", () => assert.equal(parseRange("bytes=-5", 0), "unsatisfiable"));
});

describe("fields", () => {
  it("split lists outside quotes", () => assert.deepEqual(splitList('a, "b,\\"c", ,d '), ["a", '"b,\\"c"', "d"]));

  it("read and write Cache-Control", () => {
    assert.deepEqual(
      parseCacheControl('Max-Age=5, no-store, private="x", max-age=9'),
      new Map<string, string | true>([
        ["max-age", "5"],
        ["no-store", true],
        ["private", "x"],
      ]),
    );
    assert.equal(toCacheControl(), "private, no-cache");
    assert.equal(
      toCacheControl({
        public: true,
        maxAgeSeconds: 1,
        sharedMaxAgeSeconds: 2,
        staleWhileRevalidateSeconds: 3,
        immutable: true,
        transform: false,
      }),
      "public, max-age=1, s-maxage=2, stale-while-revalidate=3, immutable, no-transform",
    );
  });

  it("merge Vary", () => {
    const headers = new HeaderTable([["vary", "Accept"]]);
    addVary(headers, "accept", "Cookie");
    assert.equal(headers.get("vary"), "Accept, Cookie");
    addVary(headers, "*");
    addVary(headers, "Origin");
    assert.equal(headers.get("vary"), "*");
  });

  it("write dispositions that hold any name as data", () => {
    assert.equal(toContentDisposition("inline"), "inline");
    assert.equal(toContentDisposition("attachment", "a b.csv"), 'attachment; filename="a b.csv"');
    assert.equal(toContentDisposition("attachment", "é\"'.csv"), "attachment; filename=\"__'.csv\"; filename*=UTF-8''%C3%A9%22%27.csv");
    assert.equal(toContentDisposition("attachment", "../a\r\nb\\c"), 'attachment; filename=".._a__b_c"');
  });

  it("write Link and read Retry-After", () => {
    assert.equal(
      toLink([
        { url: "/a b", rel: "next" },
        { url: "/x", rel: "preload", params: { as: "style" } },
      ]),
      '</a%20b>; rel="next", </x>; rel="preload"; as="style"',
    );
    assert.equal(parseRetryAfter("120"), 120);
    assert.equal(parseRetryAfter("Thu, 01 Jan 2026 00:01:00 GMT", new Date("2026-01-01T00:00:00Z")), 60);
    assert.equal(parseRetryAfter("soon"), undefined);
  });
});

describe("redirect targets", () => {
  it("have at least 80 hostile cases, none of them twice", () => {
    assert.ok(hostileTargets.length >= 80, String(hostileTargets.length));
    assert.equal(new Set(hostileTargets.map(({ target }) => target)).size, hostileTargets.length);
  });

  for (const { kind, target } of hostileTargets) {
    it(`refuse ${kind}: ${JSON.stringify(target.slice(0, 40))}`, () => {
      assert.equal(isSafeRedirectTarget(target), false);
      assert.equal(safeRedirectTarget(target, "/home"), "/home");
      assert.throws(() => toRedirectLocation(target), { code: "E_REDIRECT_UNSAFE" });
    });
  }

  it("take paths of the own origin, and listed hosts", () => {
    assert.equal(toRedirectLocation("/a/b?c=d&next=//x#e"), "/a/b?c=d&next=//x#e");
    assert.equal(toRedirectLocation("/é"), "/%C3%A9");
    assert.equal(toRedirectLocation("https://pay.test/x", ["pay.test"]), "https://pay.test/x");
    assert.equal(toRedirectLocation(`https://pay.test/${"x".repeat(8192 - 17)}`, ["pay.test"]).length, 8192);
    for (const target of [
      "https://pay.test.evil.test/",
      "https://u@pay.test/",
      "https://pay.test\\@evil.test/",
      "https://pay.test:99/",
      "https://pay.test/a b",
      "https://pay.test/\n",
      "https://pay.test/\u007f",
      `https://pay.test/${"x".repeat(8192 - 16)}`,
      "javascript://pay.test/%0aalert(1)",
    ]) {
      assert.throws(() => toRedirectLocation(target, ["pay.test"]), { code: "E_REDIRECT_UNSAFE" }, target);
    }
    assert.equal(safeRedirectTarget(null, "/x"), "/x");
  });
});

describe("paths", () => {
  it("have one canonical form", () => {
    assert.equal(toCanonicalPath("/%61%2f%7e%C3%a9%2561"), "/a%2F~%C3%A9%2561");
    for (const path of ["/a%2", "/%", "/%zz", "/%4g", "/%g4", "/%A", "/%00", "/%1f", "/%7F", "/%C3", "/%ff", "/%2%41", "/a%41%"])
      assert.equal(findPathFault(path), "E_PATH_ENCODING", path);
    for (const path of ["/.", "/..", "/%2e", "/%2E%2e", "/.%2e", "/a/../b", "/a/%2e"])
      assert.equal(findPathFault(path), "E_PATH_DOT_SEGMENT", path);
    for (const path of ["/...", "/.a", "/%2ea", "/%2e%2e%2e", "/%20", "/%7E", "/%C3%A9"])
      assert.equal(findPathFault(path), undefined, path);
    assert.equal(findPathFault("/a/%2E./b"), "E_PATH_DOT_SEGMENT");
    assert.equal(findPathFault('/"'), "E_TARGET_PATH_BYTE");
    assert.equal(findPathFault("/\u0100"), "E_TARGET_PATH_BYTE");
    assert.equal(findPathFault("/..a/.b/%2e%2ea"), undefined);
  });

  it("have an authority", () => {
    assert.deepEqual(parseAuthority("A.test.:80"), { name: "a.test", port: 80 });
    assert.equal(toAuthorityText({ name: "a", port: 443 }, "https"), "a");
    assert.equal(toAuthorityText({ name: "a", port: 80 }, "https"), "a:80");
    assert.equal(parseAuthority(`${"a".repeat(254)}`), undefined);
  });
});

describe("addresses", () => {
  it("compare IPv4, mapped IPv4 and IPv6 by block", () => {
    const isIn = (address: string, block: string): boolean => isInBlock(parseIpAddress(address)!, parseCidr(block)!);
    assert.equal(isIn("10.255.0.1", "10.0.0.0/8"), true);
    assert.equal(isIn("11.0.0.1", "10.0.0.0/8"), false);
    assert.equal(isIn("::ffff:10.1.2.3", "10.0.0.0/8"), true);
    assert.equal(isIn("fd00::1", "fc00::/7"), true);
    assert.equal(isIn("::1", "::1"), true);
    assert.equal(isIn("1.2.3.4", "0.0.0.0/0"), true);
    assert.equal(isIn("::2", "0.0.0.0/0"), false);
    for (const text of ["1.2.3", "256.1.1.1", "01.2.3.4", "a", "::g", "", "1.2.3.4.5", "::1::"])
      assert.equal(parseIpAddress(text), undefined, text);
    for (const text of ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/", "x/8", "::1/129"])
      assert.equal(parseCidr(text), undefined, text);
  });
});

describe("problems", () => {
  it("never show the text of an error that is not exposed", () => {
    const secret = new GableError("E_INTERNAL", "secret", { details: { a: "secret" } });
    assert.deepEqual(errorToProblem(secret, "id"), {
      type: "about:blank",
      title: "Something went wrong",
      status: 500,
      code: "E_INTERNAL",
      requestId: "id",
    });
    const shown = new GableError("E_STOCK_EMPTY", "Only 2 left.", { status: 409, details: { left: 2, status: 1 } });
    assert.deepEqual(errorToProblem(shown), {
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: "Only 2 left.",
      code: "E_STOCK_EMPTY",
      left: 2,
    });
    assert.equal(toProblem({ status: 418 })["title"], "Status");
    assert.equal(reasonPhrase(404), "Not Found");
  });
});
