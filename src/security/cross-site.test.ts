/** The decision table of cross-site requests, alone, over the application and over a socket. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import type { Application, RunningApp } from "gable";
import { gable, get, post } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { CrossSiteCase } from "./cross-site.cases.ts";
import { crossSiteCases, ownOrigin, trustedOrigin } from "./cross-site.cases.ts";
import { findCrossSiteRefusal } from "./cross-site.ts";

const describeCase = ({ row, title, refusal }: CrossSiteCase): string =>
  `row ${row}: ${refusal === undefined ? "lets pass" : "refuses"} ${title}`;

describe("findCrossSiteRefusal()", () => {
  it("has at least 80 cases, with each row among them, and none twice", () => {
    assert.ok(crossSiteCases.length >= 80, String(crossSiteCases.length));
    assert.deepEqual(
      [...new Set(crossSiteCases.map(({ row }) => row))].sort((a, b) => a - b),
      [3, 4, 5, 6, 7, 8, 9, 11],
    );
    assert.equal(new Set(crossSiteCases.map(({ headers }) => JSON.stringify(headers))).size, crossSiteCases.length);
  });

  for (const each of crossSiteCases) {
    it(describeCase(each), () => {
      const facts = { headers: new HeaderTable([...each.headers]), origin: ownOrigin, trustedOrigins: new Set([trustedOrigin]) };
      assert.equal(findCrossSiteRefusal(facts), each.refusal);
    });
  }
});

describe("the cross-site check of the application", () => {
  const createApp = (): Application =>
    gable({
      mode: "test",
      logger: silentLogger,
      origin: ownOrigin,
      hosts: ["shop.test"],
      security: { trustedOrigins: [trustedOrigin] },
      routes: [
        get("/", () => "read"),
        post("/", () => "written"),
        post("/saml", { security: { crossSite: { allow: "SAML answers are posted by the identity provider" } } }, () => "allowed"),
      ],
    });
  const app = createApp();
  let running: RunningApp;
  before(async () => (running = await app.listen({ port: 0 })));
  after(() => running.stop());

  const inMemory = async (method: string, path: string, headers: CrossSiteCase["headers"]): Promise<number> =>
    (await app.request(path, { method, headers: headers.map(([name, value]): [string, string] => [name, value]) })).status;
  const overSocket = (method: string, path: string, headers: CrossSiteCase["headers"]): Promise<number> =>
    new Promise((resolve, reject) => {
      const fields = [["host", "shop.test"], ...headers].flat();
      const sent = request({ port: running.port, host: "127.0.0.1", method, path, headers: fields }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.once("error", reject);
      sent.end();
    });

  for (const [where, send] of [
    ["in memory", inMemory],
    ["over a socket", overSocket],
  ] as const)
    for (const each of crossSiteCases) {
      const { headers, refusal, row } = each;
      const isRepeated = new Set(headers.map(([name]) => name)).size < headers.length;
      // The web's Headers join equal names, so a field that comes twice is another case there.
      if (where === "in memory" && isRepeated) continue;
      it(`${where}, ${describeCase(each)}`, async () => {
        const expect = async (method: string, path: string, status: number): Promise<void> =>
          // The engine refuses fields that come twice, before the check.
          assert.equal(await send(method, path, headers), isRepeated ? 400 : status, `${method} ${path}, row ${row}`);
        const isRefused = refusal !== undefined;
        await expect("POST", "/", isRefused ? 403 : 200);
        await expect("GET", "/", 200);
        await expect("POST", "/saml", 200);
        await expect("PUT", "/", isRefused ? 403 : 405);
        await expect("POST", "/nowhere", isRefused ? 403 : 404);
      });
    }

  it("answers with one code and no detail of the row", async () => {
    const response = await app.request("/", { method: "POST", headers: { origin: "https://evil.test", accept: "application/json" } });
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [403, "E_REQUEST_CROSS_SITE"]);
  });
});
