import { Readable } from "node:stream";
import express from "express";
import { helloText, port, staticFolder, streamPieces, summarize } from "./common.ts";

const app = express();
app.get("/users/:id", (request, response) => void response.json({ id: Number(request.params.id) }));
app.get("/text", (_request, response) => void response.type("text/plain").send(helloText));
app.use("/static", express.static(staticFolder));
app.get("/stream", (_request, response) => void Readable.from(streamPieces()).pipe(response.type("application/octet-stream")));
app.post("/json", express.json({ limit: "1mb" }), (request, response) => void response.json(summarize(request.body)));
app.listen(port, "127.0.0.1");
