import { Readable } from "node:stream";
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import { helloText, port, staticFolder, streamPieces, summarize } from "./common.ts";

const app = fastify();
app.register(fastifyStatic, { root: staticFolder, prefix: "/static/" });
app.get<{ Params: { id: string } }>("/users/:id", async (request) => ({ id: Number(request.params.id) }));
app.get("/text", async () => helloText);
app.get("/stream", async (_request, reply) => reply.type("application/octet-stream").send(Readable.from(streamPieces())));
app.post("/json", async (request) => summarize(request.body));
await app.listen({ port, host: "127.0.0.1" });
