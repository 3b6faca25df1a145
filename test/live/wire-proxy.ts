/** A proxy before PostgreSQL that can lose what a test wants to lose. */
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A proxy. */
export interface WireProxy {
  /** Address of the database by way of the proxy. */
  readonly url: string;
  /** Whether it passes notifications on. */
  passesNotifications: boolean;
  /** Whether it passes anything on from the server. */
  passesAnswers: boolean;
  close(): Promise<void>;
}

const notification = "A".charCodeAt(0);

/** Opens a proxy before the server of an address. */
export async function openWireProxy(to: string): Promise<WireProxy> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => (client.destroy(), upstream.destroy()));
    }
    client.pipe(upstream);
    let rest: Buffer = Buffer.alloc(0);
    upstream.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      // Each message of the server is a byte for its kind, its length without that byte, and its content.
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        const message = rest.subarray(0, 1 + rest.readUInt32BE(1));
        rest = rest.subarray(message.length);
        if (proxy.passesAnswers && (message[0] !== notification || proxy.passesNotifications)) client.write(message);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(to);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port); // It listens to a port.
  const proxy: WireProxy = {
    url: url.href,
    passesNotifications: true,
    passesAnswers: true,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
