/** Counts the statements that a client sends to PostgreSQL: a server of the loopback between the two, which reads the kinds of messages alone. */
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";

const secureRequest = 80_877_103;
/** "Query" of the simple protocol and "Execute" of the extended one: each runs one statement. */
const statementKinds = new Set([0x51, 0x45]);

/** Reads the messages of one connection, which come in pieces of any length. Calls `found` at each statement. */
function messageReader(found: () => void): (piece: Buffer) => void {
  let isStarted = false;
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      // The first messages have no kind: a length, and a number.
      const kindLength = isStarted ? 1 : 0;
      if (rest.length < kindLength + 4) return;
      const length = kindLength + rest.readInt32BE(kindLength);
      if (rest.length < length) return;
      if (!isStarted) isStarted = rest.readInt32BE(4) !== secureRequest;
      else if (statementKinds.has(rest[0]!)) found();
      rest = rest.subarray(length);
    }
  };
}

/** A running counter. */
export interface StatementCounter {
  /** Where clients connect to, instead of to the server. */
  readonly url: string;
  /** Number of statements that all clients have sent. */
  count: () => number;
  close: () => void;
}

/** Starts a counter before the server of `url`. */
export async function countStatements(url: string): Promise<StatementCounter> {
  let count = 0;
  const target = new URL(url);
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const read = messageReader(() => count++);
    client.on("data", (piece: Buffer) => {
      read(piece);
      upstream.write(piece);
    });
    upstream.pipe(client);
    client.on("close", () => upstream.destroy()).on("error", () => upstream.destroy());
    upstream.on("close", () => client.destroy()).on("error", () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String((server.address() as AddressInfo).port);
  return { url: own.href, count: () => count, close: () => server.close() };
}
