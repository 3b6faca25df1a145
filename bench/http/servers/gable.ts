import { gable, stream, text } from "gable";
import { helloText, port, staticFolder, streamPieces, summarize } from "./common.ts";
import type { StandardSchema } from "gable";

/** A schema that takes everything: the peers check nothing either. */
const anything: StandardSchema<unknown, unknown> = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

const app = gable({ static: staticFolder, log: { requests: false } });
app.get("/users/:id(int)", ({ params }) => ({ id: params.id }));
app.get("/text", () => text(helloText));
app.get("/stream", () => stream(streamPieces()));
app.post("/json", { json: anything }, ({ json }) => summarize(json));
await app.listen({ port, engine: process.env.BENCH_ENGINE === "node" ? "node" : "gable" });
