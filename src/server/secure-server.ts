/** The listening server of TLS; loaded only where it is used, since node:tls takes its time to load. */
import { toErrorText } from "../errors/error-text.ts";
import type { Server, Socket } from "node:net";
import { createServer } from "node:tls";
import type { TLSSocket, Server as TlsServer } from "node:tls";
import { GableError } from "../errors/gable-error.ts";
import type { HttpsOptions } from "./https-options.ts";

/** Makes the function that makes the server. It throws `E_TLS_OPTIONS` for a key or a certificate that cannot be used. */
export function createSecureServerFactory(https: HttpsOptions): (handshakeMs: number, accept: (socket: Socket) => void) => Server {
  return (handshakeMs, accept) => {
    let server: TlsServer;
    try {
      server = createServer({
        ...https,
        minVersion: "TLSv1.2",
        allowHalfOpen: true,
        noDelay: true,
        ALPNProtocols: ["http/1.1"],
        handshakeTimeout: handshakeMs,
      });
    } catch (error) {
      throw new GableError("E_TLS_OPTIONS", `The TLS key or certificate cannot be used: ${toErrorText(error)}.`, { cause: error });
    }
    server.on("secureConnection", (socket: TLSSocket) => accept(socket));
    // A broken handshake concerns that client alone.
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  };
}
