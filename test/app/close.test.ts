/** `close()` of an application that listens, and `stop()` of its servers: in each order, with requests on their way. */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import { gable, get } from "gable";
import { silentLogger } from "../silent-logger.ts";

function create() {
  return gable({
    mode: "test",
    logger: silentLogger,
    routes: [get("/", () => "here"), get("/slow", async () => (await wait(200), "at last"))],
  });
}

const refused = { message: "fetch failed" };

describe("close() of an application", () => {
  it("stops every server that it listens with", async () => {
    const app = create();
    const servers = [await app.listen({ port: 0 }), await app.listen({ port: 0 })];
    for (const { url } of servers) assert.equal(await (await fetch(url)).text(), "here");
    await app.close();
    for (const { url } of servers) await assert.rejects(fetch(url), refused);
  });

  it("lets the requests that it has end", async () => {
    const app = create();
    const { url } = await app.listen({ port: 0 });
    const reply = fetch(`${url}/slow`).then((response) => response.text());
    await wait(50);
    await app.close();
    assert.equal(await reply, "at last");
  });

  it("can come before stop(), after it and at the same time, and twice", async () => {
    const app = create();
    for (const order of ["close stop", "stop close", "both", "close close", "stop stop"]) {
      const server = await app.listen({ port: 0 });
      assert.equal(await (await fetch(server.url)).text(), "here", order);
      if (order === "both") await Promise.all([app.close(), server.stop()]);
      else for (const word of order.split(" ")) await (word === "close" ? app.close() : server.stop());
      await assert.rejects(fetch(server.url), refused, order);
    }
  });
});
