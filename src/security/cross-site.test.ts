/** The decision table of cross-site requests, over the application and over a socket. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, post } from "gable";
import { HeaderTable } from "../http/header-table.ts";
import { findCrossSiteRefusal } from "./cross-site.ts";
import { silentLogger } from "../../test/silent-logger.ts";

const own = "https://shop.test";
type Row = [title: string, headers: Array<[string, string]>, expected: string | undefined];

const rows: Row[] = [
  ["3: unknown word", [["sec-fetch-site", "Same-Origin"]], "header"],
  ["3: empty", [["sec-fetch-site", ""]], "header"],
  ["3: a list", [["sec-fetch-site", "same-origin, none"]], "header"],
  [
    "3: S twice",
    [
      ["sec-fetch-site", "same-origin"],
      ["sec-fetch-site", "same-origin"],
    ],
    "header",
  ],
  [
    "3: O twice",
    [
      ["origin", own],
      ["origin", own],
    ],
    "header",
  ],
  [
    "4: trusted origin",
    [
      ["origin", "https://partner.test"],
      ["sec-fetch-site", "cross-site"],
    ],
    undefined,
  ],
  ["4: trusted origin without S", [["origin", "https://partner.test"]], undefined],
  ["4: trusted name with another port", [["origin", "https://partner.test:444"]], "origin"],
  ["4: trusted name over http", [["origin", "http://partner.test"]], "origin"],
  ["4: sub-domain of a trusted one", [["origin", "https://a.partner.test"]], "origin"],
  ["5: same-origin", [["sec-fetch-site", "same-origin"]], undefined],
  [
    "5: same-origin with a foreign Origin",
    [
      ["sec-fetch-site", "same-origin"],
      ["origin", "https://evil.test"],
    ],
    undefined,
  ],
  ["5: none", [["sec-fetch-site", "none"]], undefined],
  [
    "6: same-site",
    [
      ["sec-fetch-site", "same-site"],
      ["origin", own],
    ],
    "fetch-site",
  ],
  [
    "6: cross-site",
    [
      ["sec-fetch-site", "cross-site"],
      ["origin", own],
    ],
    "fetch-site",
  ],
  ["7: own origin", [["origin", own]], undefined],
  ["8: null", [["origin", "null"]], "origin"],
  ["8: empty", [["origin", ""]], "origin"],
  ["8: http", [["origin", "http://shop.test"]], "origin"],
  ["8: port", [["origin", "https://shop.test:8443"]], "origin"],
  ["8: trailing dot", [["origin", "https://shop.test."]], "origin"],
  ["8: upper case", [["origin", "HTTPS://SHOP.TEST"]], "origin"],
  ["8: sub-domain", [["origin", "https://a.shop.test"]], "origin"],
  ["8: prefix", [["origin", "https://shop.test.evil.test"]], "origin"],
  ["8: path", [["origin", "https://shop.test/"]], "origin"],
  ["8: IPv6", [["origin", "https://[::1]"]], "origin"],
  ["9: nothing", [], undefined],
  ["9: bearer", [["authorization", "Bearer x"]], undefined],
  ["11: cookie", [["cookie", "a=b"]], "missing"],
  ["11: basic", [["authorization", "Basic x"]], "missing"],
  ["11: digest", [["authorization", "digest x"]], "missing"],
  ["11: negotiate", [["authorization", "Negotiate x"]], "missing"],
];

describe("findCrossSiteRefusal()", () => {
  for (const [title, fields, expected] of rows) {
    it(`row ${title}`, () => {
      const facts = { headers: new HeaderTable(fields), origin: own, trustedOrigins: new Set(["https://partner.test"]) };
      assert.equal(findCrossSiteRefusal(facts), expected);
    });
  }
});

describe("the cross-site check of the application", () => {
  const app = gable({
    mode: "test",
    logger: silentLogger,
    origin: own,
    hosts: ["shop.test"],
    security: { trustedOrigins: ["https://partner.test"] },
    routes: [
      get("/", () => "read"),
      post("/", () => "written"),
      post("/saml", { security: { crossSite: { allow: "SAML answers are posted by the identity provider" } } }, () => "allowed"),
    ],
  });
  const status = async (method: string, path: string, headers: Array<[string, string]>): Promise<number> =>
    (await app.request(path, { method, headers })).status;

  for (const [title, fields, expected] of rows) {
    // The web's Headers joins equal names, so a doubled field is no case of its own there.
    if (title.includes("twice")) continue;
    it(`row ${title}`, async () => {
      assert.equal(await status("POST", "/", fields), expected === undefined ? 200 : 403);
      assert.equal(await status("GET", "/", fields), 200);
      assert.equal(await status("POST", "/saml", fields), 200);
      assert.equal(await status("PUT", "/", fields), expected === undefined ? 405 : 403);
      assert.equal(await status("POST", "/nowhere", fields), expected === undefined ? 404 : 403);
    });
  }

  it("answers with one code and no detail of the row", async () => {
    const response = await app.request("/", { method: "POST", headers: { origin: "https://evil.test", accept: "application/json" } });
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [403, "E_REQUEST_CROSS_SITE"]);
  });
});
