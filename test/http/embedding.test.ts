/** The application inside other servers, behind proxies, and over TLS. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gable } from "gable";
import { serve, toNodeListener } from "gable/server";
import { createTestClient } from "gable/testing";
import { createCertificate } from "./tls-certificate.ts";
import { exchange } from "./wire-client.ts";
import { silentLogger } from "../silent-logger.ts";

describe("embedding", () => {
  it("serves an application from an existing node:http server", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    app.get("/a", () => ({ ok: true }));
    app.post("/b", async ({ request }) => ({ text: await request.text() }));
    await app.start();
    const server = createServer(toNodeListener(app.listener, { methods: app.methods }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.deepEqual(await (await fetch(`${url}/a`)).json(), { ok: true });
    assert.deepEqual(await (await fetch(`${url}/b`, { method: "POST", body: "x" })).json(), { text: "x" });
    assert.equal((await fetch(`${url}/nope`)).status, 404);
    server.close();
    server.closeAllConnections();
  });

  it("believes a trusted proxy over a socket, and gives the client's address and scheme", async () => {
    const app = gable({ mode: "test", logger: silentLogger, proxies: { trust: ["loopback"], host: true }, hosts: ["shop.test"] });
    app.get("/", ({ ip, scheme, url, requestId }) => ({ ip, scheme, host: url.host, requestId }));
    const running = await app.listen({ port: 0 });
    const fields = "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\nX-Request-Id: given-1\r\n";
    const answer = await exchange(running.port, { pieces: [`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n`] });
    assert.deepEqual(JSON.parse(answer.body), { ip: "1.2.3.4", scheme: "https", host: "shop.test", requestId: "given-1" });
    const bad = await exchange(running.port, {
      pieces: ["GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: nonsense\r\nX-Forwarded-Host: shop.test\r\n\r\n"],
    });
    assert.deepEqual(bad.statuses, [400]);
    await running.stop({ graceMs: 0 });
  });

  it("gives the same replies in memory and over a socket", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    app.get("/set", ({ cookies }) => {
      cookies.set("a", "1");
      return "set";
    });
    app.get("/get", ({ cookies }) => ({ a: cookies.get("a") }));
    app.post("/boom", () => {
      throw new Error("thrown into the test");
    });
    for (const transport of ["memory", "socket"] as const) {
      const client = createTestClient(app, { transport });
      await client.get("/set");
      assert.deepEqual((await client.get("/get")).json(), { a: "1" });
      await assert.rejects(client.post("/boom"), { message: "thrown into the test" });
      assert.equal((await createTestClient(app, { transport: "memory", errors: "page" }).post("/boom")).status, 500);
      const reply = await client.get("/get");
      assert.throws(() => reply.follow(), { message: "The reply to /get has the status 200 and no Location to follow." });
      await client.close();
    }
  });
});

describe("TLS", () => {
  it("drops broken handshakes and slow ones alone, and stays alive", async () => {
    const server = await serve(() => ({ status: 200, headers: [], body: "over TLS" }), {
      port: 0,
      https: createCertificate(),
      limits: { tlsHandshakeMs: 150 },
      onError: () => undefined,
    });
    const broken = connect(server.port, "127.0.0.1", () => broken.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    broken.on("error", () => undefined);
    const silentPeer = connect(server.port, "127.0.0.1");
    silentPeer.on("error", () => undefined);
    const closed = new Promise((resolve) => silentPeer.once("close", resolve));
    await wait(30);
    const text = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connectTls({ port: server.port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
        assert.equal(socket.getProtocol(), "TLSv1.3");
        socket.write("GET https://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      });
      socket.on("data", (chunk) => (received += String(chunk)));
      socket.on("end", () => resolve(received));
    });
    assert.match(text, /over TLS$/);
    await closed;
    broken.destroy();
    await server.stop({ graceMs: 0 });
  });
});
