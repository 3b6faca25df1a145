import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderTable } from "./header-table.ts";
import type { ProxyOptions } from "./proxies.ts";
import { createForwardedReader } from "./proxies.ts";

function read(
  options: ProxyOptions,
  address: string,
  fields: Array<[string, string]>,
): ReturnType<ReturnType<typeof createForwardedReader>> {
  return createForwardedReader(options)({ address, scheme: "http", authority: "own.test", headers: new HeaderTable(fields) });
}

const trust = ["loopback", "10.0.0.0/8", "unix"];
const spoofed: Array<[string, string]> = [
  ["x-forwarded-for", "6.6.6.6"],
  ["x-forwarded-proto", "https"],
  ["x-forwarded-host", "evil.test"],
  ["x-forwarded-prefix", "/evil"],
  ["x-real-ip", "7.7.7.7"],
  ["forwarded", "for=8.8.8.8;proto=https;host=evil.test"],
];

describe("createForwardedReader()", () => {
  it("believes nobody by default, and nothing of an unlisted peer", () => {
    const own = { ip: "9.9.9.9", scheme: "http", authority: "own.test", prefix: "", isTrusted: false };
    assert.deepEqual(read({ trust: [] }, "9.9.9.9", spoofed), own);
    assert.deepEqual(read({ trust, host: true, prefix: true }, "9.9.9.9", spoofed), own);
    assert.deepEqual(read({ trust }, "9.9.9.9", [["x-forwarded-for", "not an address"]]), own);
  });

  it("walks from the right to the first hop that is not trusted", () => {
    const facts = read({ trust }, "127.0.0.1", [
      ["x-forwarded-for", "1.1.1.1, 2.2.2.2, 10.0.0.5"],
      ["x-forwarded-proto", "https"],
    ]);
    assert.deepEqual([facts.ip, facts.scheme, facts.authority], ["2.2.2.2", "https", "own.test"]);
    assert.equal(read({ trust }, "::ffff:127.0.0.1", [["x-forwarded-for", "[2001:db8::1]:4711"]]).ip, "2001:db8::1");
    assert.equal(read({ trust }, "unix", [["x-forwarded-for", "1.2.3.4:80"]]).ip, "1.2.3.4");
    assert.equal(read({ trust }, "127.0.0.1", [["x-forwarded-for", "10.0.0.1"]]).ip, "10.0.0.1");
  });

  it("believes each of the two schemes, whatever that of the connection is", () => {
    const headers = (scheme: string): HeaderTable => new HeaderTable([["x-forwarded-proto", scheme]]);
    for (const own of ["http", "https"] as const)
      for (const said of ["http", "https", "HTTP"]) {
        const facts = createForwardedReader({ trust })({ address: "unix", scheme: own, authority: "own.test", headers: headers(said) });
        assert.deepEqual([facts.ip, facts.scheme], ["unix", said.toLowerCase()], `${own}, ${said}`);
      }
  });

  it("reads one family of headers", () => {
    assert.equal(read({ trust }, "127.0.0.1", spoofed).ip, "6.6.6.6");
    const facts = read({ trust, header: "forwarded", host: true }, "127.0.0.1", [
      ["forwarded", 'for="[2001:db8::2]:80";proto=HTTPS;host="Shop.test:443"'],
      ["x-forwarded-for", "6.6.6.6"],
    ]);
    assert.deepEqual([facts.ip, facts.scheme, facts.authority], ["2001:db8::2", "https", "shop.test"]);
    assert.equal(read({ trust, header: "forwarded" }, "127.0.0.1", [["forwarded", "for=unknown, for=10.1.1.1"]]).ip, "10.1.1.1");
  });

  it("believes host and prefix only when told so", () => {
    const fields: Array<[string, string]> = [
      ["x-forwarded-for", "1.1.1.1"],
      ["x-forwarded-host", "shop.test"],
      ["x-forwarded-prefix", "/shop"],
    ];
    assert.equal(read({ trust }, "127.0.0.1", fields).authority, "own.test");
    const facts = read({ trust, host: true, prefix: true }, "127.0.0.1", fields);
    assert.deepEqual([facts.authority, facts.prefix], ["shop.test", "/shop"]);
  });

  const malformed: Array<[string, Array<[string, string]>]> = [
    ["an address that is none", [["x-forwarded-for", "1.1.1"]]],
    ["an empty list", [["x-forwarded-for", ","]]],
    ["more than 20 hops", [["x-forwarded-for", Array.from({ length: 21 }, () => "10.0.0.1").join(",")]]],
    ["two schemes", [["x-forwarded-proto", "http, https"]]],
    ["an unknown scheme", [["x-forwarded-proto", "gopher"]]],
    ["a host that is none", [["x-forwarded-host", "a b"]]],
    ["a prefix with dots", [["x-forwarded-prefix", "/../x"]]],
    ["a prefix that is a host", [["x-forwarded-prefix", "//evil.test"]]],
  ];
  for (const [name, fields] of malformed) {
    it(`refuses ${name} from a trusted peer with 400`, () => {
      assert.throws(() => read({ trust, host: true, prefix: true }, "127.0.0.1", fields), {
        code: "E_PROXY_HEADER_MALFORMED",
        status: 400,
      });
    });
  }

  it("takes 20 hops", () => {
    assert.equal(
      read({ trust }, "127.0.0.1", [["x-forwarded-for", Array.from({ length: 20 }, () => "10.0.0.1").join(",")]]).ip,
      "10.0.0.1",
    );
    assert.throws(() => read({ trust, header: "forwarded" }, "127.0.0.1", [["forwarded", "for"]]), { code: "E_PROXY_HEADER_MALFORMED" });
  });

  it("fails the start for an entry that is not an address", () => {
    assert.throws(() => createForwardedReader({ trust: ["10.0.0.0/33"] }), {
      code: "E_PROXY_LIST",
      message: 'proxies.trust has the entry "10.0.0.0/33", which is neither an address nor a block.',
    });
  });
});
