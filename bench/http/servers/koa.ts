import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import Koa from "koa";
import { helloText, port, staticFolder, staticName, streamPieces, summarize } from "./common.ts";

const app = new Koa();
app.use(async (context) => {
  const { path } = context;
  if (path.startsWith("/users/")) context.body = { id: Number(path.slice(7)) };
  else if (path === "/text") context.body = helloText;
  else if (path.startsWith("/static/")) {
    context.type = "text/css";
    context.length = 10_240;
    context.body = createReadStream(`${staticFolder}/${staticName}`);
  } else if (path === "/stream") {
    context.type = "application/octet-stream";
    context.body = Readable.from(streamPieces());
  } else {
    const chunks: Buffer[] = [];
    for await (const chunk of context.req) chunks.push(chunk as Buffer);
    context.body = summarize(JSON.parse(Buffer.concat(chunks).toString()));
  }
});
app.listen(port, "127.0.0.1");
