/** The tools of development in an application: who may use `/_gable/`, and where it does not exist. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import { silentLogger } from "../silent-logger.ts";

const address = "/_gable/client/page.js";
const development = gable({ mode: "development", logger: silentLogger, hosts: ["site.example"] });

function ask(host: string, init: RequestInit = {}, path = address): Promise<Response> {
  return development.fetch(new Request(`http://${host}${path}`, init));
}

describe("the addresses below /_gable/", () => {
  it("serve a script to pages of the application", async () => {
    for (const host of ["localhost", "127.0.0.1:3000", "site.example"]) {
      const reply = await ask(host, { headers: { "sec-fetch-site": "same-origin" } });
      assert.equal(reply.status, 200, host);
      assert.match(reply.headers.get("content-type")!, /^text\/javascript/);
      assert.equal(reply.headers.get("cache-control"), "no-store");
    }
    assert.equal((await ask("localhost:3000", { headers: { origin: "http://localhost:3000" } })).status, 200);
  });

  it("answer 403 for a foreign host or origin, on every path", async () => {
    for (const path of [address, "/_gable/", "/_gable/events", "/_gable/unknown"]) {
      const refused = [
        await ask("evil.example", {}, path),
        await ask("localhost", { headers: { origin: "http://evil.example" } }, path),
        await ask("localhost", { headers: { origin: "null" } }, path),
        await ask("localhost:3000", { headers: { origin: "http://localhost:4000" } }, path),
        await ask("localhost", { headers: { "sec-fetch-site": "cross-site" } }, path),
        await ask("localhost", { headers: { "sec-fetch-site": "same-site" } }, path),
        await ask("localhost", { method: "POST" }, path),
      ];
      assert.deepEqual(
        refused.map(({ status }) => status),
        [403, 403, 403, 403, 403, 403, 403],
        path,
      );
      assert.match(await refused[0]!.text(), /E_DEVELOPMENT_FOREIGN/);
    }
  });

  it("answer 404 for what does not exist, and for paths of files", async () => {
    for (const path of ["/_gable/", "/_gable/client/", "/_gable/client/tsconfig.json", "/_gable/client/%2e%2e/index.ts"])
      assert.equal((await ask("localhost", {}, path)).status, 404, path);
  });

  it("do not exist in production and in tests", async () => {
    for (const mode of ["production", "test"] as const)
      assert.equal((await gable({ mode, logger: silentLogger }).request(address)).status, 404, mode);
  });
});
