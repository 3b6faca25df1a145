/** Runs the code of docs/guides/events-and-sockets.md as it is printed. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import { SocketClient } from "../live/serving.ts";

process.env["GABLE_MODE"] = "test";
const page = await readFile(new URL("../../docs/guides/events-and-sockets.md", import.meta.url), "utf8");
const folder = new URL("../.guides/events/", import.meta.url).pathname;
await mkdir(folder, { recursive: true });
const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]!);
await writeFile(`${folder}app.ts`, blocks[0]!);
// The file is written above, from the guide.
const { default: app } = (await import(pathToFileURL(`${folder}app.ts`).href)) as { default: Application };
await writeFile(`${folder}posts.ts`, blocks[1]!);
const { default: posts } = (await import(pathToFileURL(`${folder}posts.ts`).href)) as { default: Application }; // As above.

describe("docs/guides/events-and-sockets.md", () => {
  after(() => rm(folder, { recursive: true }));

  it("shows a channel that reaches event streams and sockets", async () => {
    const server = await posts.listen({ port: 0 });
    try {
      const client = await new SocketClient(server, "/posts/7/live").opened();
      const { body } = await fetch(`${server.url}/posts/7/changes`);
      const reader = body!.getReader();
      await client.received(1);
      const json = { method: "POST", headers: { "content-type": "application/json" }, body: '{"title":"New"}' };
      assert.equal((await fetch(`${server.url}/posts/7`, json)).status, 204);
      let text = "";
      while (!text.includes("data: ")) text += new TextDecoder().decode((await reader.read()).value);
      assert.match(text, /data: {"title":"New"}\n\n$/);
      await reader.cancel();
      assert.match((await client.received(2))[1]!, /"message":{"title":"New"}}$/);
    } finally {
      await server.stop({ graceMs: 100 });
    }
  });

  it("shows an application that sends events and answers on a WebSocket", async () => {
    const server = await app.listen({ port: 0 });
    try {
      const { body } = await fetch(`${server.url}/time`);
      const reader = body!.getReader();
      let text = "";
      while (!text.includes("event: tick")) text += new TextDecoder().decode((await reader.read()).value);
      await reader.cancel();
      const client = await new SocketClient(server, "/chat/garden").opened();
      client.socket.send('{"text":"hello"}');
      assert.deepEqual(await client.received(2), ['{"text":"Welcome to garden."}', '{"text":"HELLO"}']);
      client.socket.send('{"text":7}');
      assert.equal(await client.closed(), 1008);
    } finally {
      await server.stop({ graceMs: 100 });
    }
  });
});
