/** One contract, every transport: memory, the engine, TLS, and node:http. */
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import type { RequestListener } from "gable/http";
import { serve } from "gable/server";
import type { ServeOptions } from "gable/server";
import { testListenerContract } from "gable/testing";
import { fromFetchRequest, toResponse } from "../../src/app/fetch-request.ts";
import { refusalReply } from "../../src/server/refusals.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { catalogue } from "../../src/errors/catalogue.ts";
import type { ErrorCode } from "../../src/errors/catalogue.ts";
import { createCertificate } from "./tls-certificate.ts";

const quiet = { onError: () => undefined };

function startServer(options: ServeOptions): (listener: RequestListener) => Promise<{ fetch: typeof fetch; stop: () => Promise<void> }> {
  return async (listener) => {
    const server = await serve(listener, { port: 0, ...quiet, ...options });
    const send = (
      options.https === undefined
        ? (path: string, init?: RequestInit) => fetch(server.url + path, init)
        : (path: string, init?: RequestInit) => fetchTls(server.port, path, init)
    ) as typeof fetch;
    return { fetch: send, stop: () => server.stop({ graceMs: 0 }) };
  };
}

/** As fetch, over TLS with the certificate of this run. */
async function fetchTls(port: number, path: string, init: RequestInit = {}): Promise<Response> {
  const source = new Request(`https://127.0.0.1:${port}${path}`, init);
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(source.headers);
    if (typeof init.body === "string") headers["content-length"] = String(Buffer.byteLength(init.body));
    const outgoing = httpsRequest(
      { port, host: "127.0.0.1", path, method: source.method, headers, ca: certificate.cert, servername: "localhost", agent: false },
      (incoming) => {
        const fields = new Headers();
        for (let index = 0; index < incoming.rawHeaders.length; index += 2)
          fields.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
        const status = incoming.statusCode!;
        const body = status === 204 || status === 304 || source.method === "HEAD" ? null : (Readable.toWeb(incoming) as ReadableStream);
        resolve(new Response(body, { status, headers: fields }));
      },
    );
    outgoing.once("error", reject);
    if (source.body === null) outgoing.end();
    else Readable.fromWeb(source.body as never).pipe(outgoing);
  });
}

const certificate = createCertificate();

testListenerContract("memory", async (listener) => ({
  stop: async () => undefined,
  fetch: async (path, init) => {
    const request = new Request(`http://localhost${path}`, init);
    try {
      return toResponse(await listener(fromFetchRequest(request, defaultLimits, new Set())), request.method);
    } catch (error) {
      const { code } = error as { code?: ErrorCode };
      return toResponse(
        refusalReply(code !== undefined && code in catalogue && catalogue[code].status < 500 ? code : "E_INTERNAL"),
        request.method,
      );
    }
  },
}));
testListenerContract("engine", startServer({}));
testListenerContract("engine over TLS", startServer({ https: certificate }));
testListenerContract("node:http adapter", startServer({ engine: "node" }));
testListenerContract("node:https adapter", startServer({ engine: "node", https: certificate }));
