import { helloText, port, staticFolder, staticName, summarize, webStream } from "./common.ts";

// This file runs on Bun, whose types are not installed here.
const { Bun } = globalThis as unknown as { Bun: { serve(options: object): unknown; file(path: string): Blob } };

Bun.serve({
  port,
  hostname: "127.0.0.1",
  routes: {
    "/users/:id": (request: { params: { id: string } }) => Response.json({ id: Number(request.params.id) }),
    "/text": () => new Response(helloText),
    "/static/:name": () => new Response(Bun.file(`${staticFolder}/${staticName}`)),
    "/stream": () => new Response(webStream()),
    "/json": { POST: async (request: Request) => Response.json(summarize(await request.json())) },
  },
  fetch: () => new Response("not found", { status: 404 }),
});
