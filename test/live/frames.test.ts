/** Frames and close codes of WebSockets, against RFC 6455: whole, and byte by byte, on both servers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteEntry, RunningApp } from "gable";
import { socket } from "gable";
import type { FrameCase } from "./frames.cases.ts";
import { frameCases } from "./frames.cases.ts";
import type { ServerFrame } from "./serving.ts";
import { WireClient, closeCodeOf, engines, readFrames, serving, until } from "./serving.ts";

const echo = (): RouteEntry => socket("/echo", { message: (connection, message) => connection.send(message) });

function describeFrame({ opcode, payload }: ServerFrame): string | undefined {
  if (opcode === 1) return payload.toString("utf8");
  if (opcode === 2) return `0x${payload.toString("hex")}`;
  return opcode === 10 ? `pong:${payload.toString("latin1")}` : undefined;
}

async function run(server: RunningApp, { frames, expected, code }: FrameCase, isSplit: boolean): Promise<void> {
  const client = new WireClient(server.port);
  assert.match(await client.open("/echo"), /^HTTP\/1\.1 101 /);
  const bytes = Buffer.concat(frames);
  if (isSplit) for (const byte of bytes) client.socket.write(Buffer.of(byte));
  else client.socket.write(bytes);
  const messages = (): string[] => readFrames(client.received).flatMap((each) => describeFrame(each) ?? []);
  if (code === undefined) await until(() => messages().length >= expected.length || client.isClosed, "the messages");
  else await until(() => closeCodeOf(readFrames(client.received)) !== undefined || client.isClosed, "the close");
  assert.deepEqual(messages(), expected);
  assert.equal(closeCodeOf(readFrames(client.received)), code);
  client.socket.destroy();
}

describe("frames of a WebSocket", () => {
  for (const engine of engines) {
    it(`have the answers of RFC 6455, on the server "${engine}"`, async () => {
      await serving(engine, [echo()], async (server) => {
        for (const each of frameCases) await assert.doesNotReject(run(server, each, false), `${each.section} ${each.title}`);
      });
    });
  }

  it("have the same answers when they come byte by byte", async () => {
    await serving("gable", [echo()], async (server) => {
      for (const each of frameCases) {
        const isShort = each.frames.reduce((sum, { length }) => sum + length, 0) < 300;
        if (isShort) await assert.doesNotReject(run(server, each, true), `${each.section} ${each.title}`);
      }
    });
  });

  it("close a socket that sends a million empty fragments, before they take 2 MiB", async () => {
    await serving("gable", [echo()], async (server) => {
      const client = new WireClient(server.port);
      await client.open("/echo");
      const fragment = Buffer.from([0, 0x80, 1, 2, 3, 4]);
      client.socket.write(Buffer.from([1, 0x80, 1, 2, 3, 4]));
      let sent = 0;
      for (; sent < 1_000_000 && closeCodeOf(readFrames(client.received)) === undefined && !client.isClosed; sent += 1_000) {
        client.socket.write(Buffer.concat(Array.from({ length: 1_000 }, () => fragment)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => closeCodeOf(readFrames(client.received)) !== undefined, "the close");
      assert.equal(closeCodeOf(readFrames(client.received)), 1008);
      assert.ok(sent * fragment.length < 2 * 1_048_576, `closed after ${sent} fragments`);
      client.socket.destroy();
    });
  });
});
