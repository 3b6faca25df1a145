/** A server that answers requests of the S3 protocol in ways that a service must not, or does on bad days. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readAll } from "./read-all.ts";

/** A request that was read to its end. */
export interface SeenRequest {
  /** Method and address without the bucket, such as `PUT /a?partNumber=1&uploadId=U`. */
  readonly line: string;
  readonly bytes: number;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** Answers one request. `count` is how often the same line was seen, from 1. */
export type Answer = (request: SeenRequest, response: ServerResponse, count: number) => void;

/** Facts of a file that every good reply has. */
export const facts = { etag: '"abc"', "last-modified": "Sun, 29 Nov 2026 05:00:00 GMT", "content-type": "text/plain" };

/** Starts a server with the bucket `files`, and keeps what it saw. */
export async function startHostile(answer: Answer): Promise<{ endpoint: string; seen: SeenRequest[]; close: () => Promise<void> }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const line = `${request.method} ${request.url!.replace(/^\/files/, "")}`;
      seen.push({ line, bytes: body.length, body: body.subarray(0, 1_000).toString(), headers: request.headers });
      answer(seen.at(-1)!, response, seen.filter((other) => other.line === line).length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a port has such an address.
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
