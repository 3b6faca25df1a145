/**
 * Compares with Node's own parser: Gable rejects what strict node:http rejects, and reads the same from what both accept.
 * Where we refuse more, our rules say so; where Node refuses more, the reason stands here.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Server } from "node:http";
import type { RunningServer } from "gable/server";
import { serve } from "gable/server";
import { wireCases } from "./cases/index.ts";
import { echoListener, exchange } from "./wire-client.ts";

/** Accepted by us and refused by Node, with the reason. */
const onlyWeAccept: Readonly<Record<string, string>> = {
  "R6-1.2": "RFC 9110 section 2.5: a higher minor version is handled as the highest that is known",
  "R6-1.9": "RFC 9110 section 2.5: a higher minor version is handled as the highest that is known",
  "S1-after-close": "RFC 9112 section 9.6: what follows the last request is not read",
};

/** Row C3: SP and HTAB around the value do not count (RFC 9110 section 5.5). */
const blanksAround = /\r\nTransfer-Encoding:[ \t]*chunked[ \t]*\r\n/;

const framing = ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: a.test"];
const strange = [...Array.from({ length: 33 }, (_, byte) => byte), 0x7f, 0x85, 0xa0].map((byte) => String.fromCharCode(byte));

/** Each strange byte at each place of name, separator and value of the framing fields. */
function mutations(): string[] {
  const all: string[] = [];
  for (const field of framing) {
    const others = framing.filter((other) => other.startsWith("Host") && other !== field);
    for (const byte of strange) {
      for (const at of [0, 4, field.indexOf(":"), field.indexOf(":") + 1, field.indexOf(":") + 2, field.length - 1, field.length]) {
        const mutated = field.slice(0, at) + byte + field.slice(at);
        all.push(`POST /p HTTP/1.1\r\n${[...others, mutated].join("\r\n")}\r\n\r\n0\r\n\r\n`);
      }
    }
    for (const doubled of [`${field}\r\n${field}`, field.toUpperCase(), field.toLowerCase(), `${field}, ${field.split(": ")[1]}`]) {
      all.push(`POST /p HTTP/1.1\r\n${[...others, doubled].join("\r\n")}\r\n\r\n0\r\n\r\n`);
    }
  }
  return all;
}

interface Verdict {
  readonly isAccepted: boolean;
  readonly replies: number;
  readonly echo: Record<string, unknown>;
}

async function judge(port: number, send: string, halfClose = true): Promise<Verdict> {
  const answer = await exchange(port, { pieces: [send], halfClose, quietMs: 60 });
  const isAccepted = answer.statuses.length > 0 && answer.statuses[0] === 200;
  return {
    isAccepted,
    replies: answer.statuses.length,
    echo: isAccepted && answer.statuses.length === 1 ? (JSON.parse(answer.body) as Record<string, unknown>) : {},
  };
}

describe("compared with Node's own parser", { concurrency: 12 }, () => {
  let ours: RunningServer;
  let theirs: Server;
  before(async () => {
    ours = await serve(echoListener, { port: 0, methods: ["PURGE"], onError: () => undefined, limits: { headMs: 300, drainMs: 100 } });
    theirs = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("error", () => response.destroy());
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [path = "", query = ""] = request.url!.split(/\?(.*)/s);
        response.end(
          JSON.stringify({
            method: request.method,
            path,
            query,
            body: Buffer.concat(chunks).toString("latin1"),
            xa: request.headers["x-a"] ?? null,
          }),
        );
      });
    });
    theirs.on("clientError", (_error, socket) => socket.destroy());
    await new Promise<void>((resolve) => theirs.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    theirs.close();
    theirs.closeAllConnections();
    await ours.stop({ graceMs: 0 });
  });

  const inputs = [
    ...wireCases.map(({ id, send }) => [id, send] as const),
    ...mutations().map((send, index) => [`mutation-${index}`, send] as const),
  ];
  for (const [id, send] of inputs) {
    it(id, async () => {
      const { port } = theirs.address() as AddressInfo;
      const [mine, node] = await Promise.all([judge(ours.port, send), judge(port, send)]);
      // Without framing the rest is a separate request, which is rejected; nothing follows a rejected message.
      assert.ok(mine.replies <= 1 || (mine.isAccepted && mine.replies === 2), "no second reply");
      if (mine.replies === 2) return;
      if (!node.isAccepted && mine.isAccepted)
        return assert.ok(onlyWeAccept[id] !== undefined || blanksAround.test(send), `Node refuses ${JSON.stringify(send)}`);
      if (!node.isAccepted || !mine.isAccepted || node.replies !== 1) return;
      const isAbsolute = /^[A-Z]+ https?:/i.test(send);
      for (const name of ["method", "path", "query", "body", "xa"]) {
        if (!(isAbsolute && name !== "method" && name !== "body"))
          assert.equal(mine.echo[name], node.echo[name], `${name} of ${JSON.stringify(send)}`);
      }
    });
  }
});
