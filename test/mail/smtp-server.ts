/** A real SMTP server on loopback that keeps what it takes, for tests. */
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";

/** A server that runs. */
export interface TestSmtpServer {
  readonly port: number;
  /** Messages as they came over the wire, with their recipients. */
  readonly received: Array<{ readonly content: string; readonly recipients: readonly string[] }>;
  /** How many connections were opened. */
  readonly connectionCount: number;
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startSmtpServer(options: SMTPServerOptions): Promise<TestSmtpServer> {
  const received: TestSmtpServer["received"] = [];
  let connectionCount = 0;
  const server = new SMTPServer({
    ...options,
    logger: false,
    closeTimeout: 100,
    onConnect(_session, done) {
      connectionCount++;
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        received.push({
          content: Buffer.concat(chunks).toString("utf8"),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
        });
        done();
      });
    },
  });
  // A client that gives up in the middle of TLS is an error here, and what some tests are about.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    received,
    port: (server.server.address() as { port: number }).port, // A server that listens on a port.
    get connectionCount() {
      return connectionCount;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
