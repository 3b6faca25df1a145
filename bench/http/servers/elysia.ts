import { Elysia } from "elysia";
import { helloText, port, staticFolder, staticName, summarize, webStream } from "./common.ts";

// This file runs on Bun, whose types are not installed here.
const { Bun } = globalThis as unknown as { Bun: { file(path: string): Blob } };

new Elysia()
  .get("/users/:id", ({ params }) => ({ id: Number(params.id) }))
  .get("/text", () => helloText)
  .get("/static/:name", () => Bun.file(`${staticFolder}/${staticName}`))
  .get("/stream", () => new Response(webStream()))
  .post("/json", ({ body }) => summarize(body))
  .listen({ port, hostname: "127.0.0.1" });
