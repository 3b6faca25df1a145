/** Signals of `gable start` with one process: what is on its way is answered, and what only workers can do ends nothing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createTestProject } from "./project.ts";
import { ask, serve, until } from "./started.ts";

const project = createTestProject({
  "app.ts": `import { gable, get } from "gable";
export default gable({ routes: [get("/", () => "here"), get("/slow", async () => (await new Promise((resolve) => setTimeout(resolve, 1_000)), "slow"))] });
`,
});
after(() => project.remove());

describe("gable start with one process", { skip: process.platform === "win32" ? "no signals here" : false }, () => {
  for (const signal of ["SIGHUP", "SIGUSR2"] as const)
    it(`goes on after ${signal}, and says what it needs`, async () => {
      const { url, kill, ended, text } = await serve(project.folder, []);
      const slow = ask(`${url}/slow`);
      await wait(200);
      kill(signal);
      assert.deepEqual(await slow, { status: 200, text: "slow" });
      assert.equal((await ask(url)).status, 200);
      await until(() => text().includes(`${signal} changes nothing in a site of one process`), text);
      kill("SIGTERM");
      assert.equal(await ended, 0, text());
    });

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    it(`answers one more request of each idle connection after ${signal}`, async () => {
      const { url, kill, ended, text } = await serve(project.folder, []);
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.setEncoding("utf8");
      let received = "";
      socket.on("data", (piece: string) => (received += piece));
      const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.write(request);
      await until(
        () => received.endsWith("here"),
        () => received,
      );
      kill(signal);
      await until(async () => (await ask(url)).status === 0, text);
      received = "";
      socket.write(request);
      await once(socket, "close");
      assert.match(received, /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*here$/i);
      assert.equal(await ended, 0, text());
    });

  it("ends although an idle connection stays open", async () => {
    const { url, kill, ended, text } = await serve(project.folder, []);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined).write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "data");
    kill("SIGTERM");
    assert.equal(await ended, 0, text());
  });
});
