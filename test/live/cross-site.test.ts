/** Which sites may open WebSockets: the rows of the cross-site check, for the GET of a handshake. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GableOptions } from "gable";
import { get, socket } from "gable";
import { WireClient, engines, handshake, serving } from "./serving.ts";

type Row = readonly [row: number, title: string, fields: readonly string[], status: 101 | 403 | 400];

const cookie = "Cookie: session=abc";
const own = (port: number): string => `http://127.0.0.1:${port}`;
const trusted = "https://partner.test";

/** "OWN" in a field is the origin of the server. */
const rows: readonly Row[] = [
  [3, "an unknown word in Sec-Fetch-Site", ["Sec-Fetch-Site: sibling", "Origin: OWN"], 403],
  [3, "Sec-Fetch-Site twice", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"], 400],
  [3, "Origin twice", ["Origin: OWN", "Origin: OWN"], 400],
  [4, "a trusted origin", [`Origin: ${trusted}`, "Sec-Fetch-Site: cross-site", cookie], 101],
  [4, "a trusted origin in upper case", ["Origin: HTTPS://PARTNER.TEST", cookie], 403],
  [4, "a trusted origin with a port", [`Origin: ${trusted}:8443`, cookie], 403],
  [4, "a sub-domain of a trusted origin", ["Origin: https://www.partner.test", cookie], 403],
  [5, "same-origin", ["Sec-Fetch-Site: same-origin", "Origin: OWN", cookie], 101],
  [5, "none, with a foreign Origin", ["Sec-Fetch-Site: none", "Origin: https://evil.test", cookie], 101],
  [6, "same-site", ["Sec-Fetch-Site: same-site", "Origin: OWN", cookie], 403],
  [6, "cross-site", ["Sec-Fetch-Site: cross-site", "Origin: https://evil.test", cookie], 403],
  [6, "cross-site without a cookie", ["Sec-Fetch-Site: cross-site", "Origin: https://evil.test"], 403],
  [7, "the own origin", ["Origin: OWN", cookie], 101],
  [7, "the own origin without a cookie", ["Origin: OWN"], 101],
  [8, "a foreign origin with a cookie", ["Origin: https://evil.test", cookie], 403],
  [8, "a foreign origin without a cookie", ["Origin: https://evil.test"], 403],
  [8, "the origin null", ["Origin: null", cookie], 403],
  [8, "the own host over https", ["Origin: https://127.0.0.1", cookie], 403],
  [8, "the own host with another port", ["Origin: http://127.0.0.1:1", cookie], 403],
  [8, "the own host without its port", ["Origin: http://127.0.0.1", cookie], 403],
  [8, "the own host with a dot at its end", ["Origin: http://127.0.0.1.", cookie], 403],
  [8, "another name of this machine", ["Origin: http://localhost", cookie], 403],
  [8, "the scheme ws", ["Origin: ws://127.0.0.1", cookie], 403],
  [8, "the own origin with a slash", ["Origin: OWN/", cookie], 403],
  [8, "an empty Origin", ["Origin: ", cookie], 403],
  [9, "neither, and no credential: a program", [], 101],
  [9, "neither, with a bearer token", ["Authorization: Bearer abc"], 101],
  [11, "no Origin, with a cookie", [cookie], 403],
  [11, "no Origin, with a password of Basic", ["Authorization: Basic YTpi"], 403],
  [11, "no Origin, with Digest", ["Authorization: Digest username=a"], 403],
  [11, "no Origin, with Negotiate", ["Authorization: Negotiate abc"], 403],
];

async function statusOf(port: number, path: string, fields: readonly string[]): Promise<number> {
  const client = new WireClient(port);
  client.socket.write(
    handshake(
      path,
      fields.map((field) => field.replace("OWN", own(port))),
    ).replace("Host: 127.0.0.1", `Host: 127.0.0.1:${port}`),
  );
  const head = await client.head();
  client.socket.destroy();
  return Number(head.slice(9, 12));
}

describe("WebSockets from other sites", () => {
  const options: GableOptions = { security: { trustedOrigins: [trusted] } };
  for (const engine of engines)
    it(`have the answers of the table, on the server "${engine}"`, async () => {
      const run = async ({ port }: { port: number }): Promise<void> => {
        for (const [row, title, fields, status] of rows)
          assert.equal(await statusOf(port, "/echo", fields), status, `row ${row}: ${title}`);
      };
      await serving(engine, [socket("/echo", {})], run, options);
    });

  it("pass where the route says so, with the reason", async () => {
    const open = socket("/open", { security: { crossSite: { allow: "a public ticker" } } }, {});
    await serving("gable", [open], async ({ port }) => {
      for (const [, title, fields, status] of rows) if (status === 403) assert.equal(await statusOf(port, "/open", fields), 101, title);
    });
  });

  it("are refused before a guard runs", async () => {
    let isCalled = false;
    const route = socket("/echo", { guard: () => (isCalled = true) }, {});
    await serving("gable", [route], async ({ port }) => {
      assert.equal(await statusOf(port, "/echo", ["Origin: https://evil.test"]), 403);
      assert.equal(isCalled, false);
    });
  });

  it("change nothing for other GET requests", async () => {
    await serving("gable", [get("/page", () => "page")], async ({ port }) =>
      assert.equal(await statusOf(port, "/page", ["Origin: https://evil.test", cookie]), 200),
    );
  });
});
