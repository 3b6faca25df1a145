import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { helloText, port, staticFolder, staticName, streamPieces, summarize } from "./common.ts";

createServer((request, response) => {
  const url = request.url!;
  if (url.startsWith("/users/")) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ id: Number(url.slice(7)) }));
  } else if (url === "/text") {
    response.writeHead(200, { "content-type": "text/plain" }).end(helloText);
  } else if (url.startsWith("/static/")) {
    response.writeHead(200, { "content-type": "text/css", "content-length": 10_240 });
    createReadStream(`${staticFolder}/${staticName}`).pipe(response);
  } else if (url === "/stream") {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    Readable.from(streamPieces()).pipe(response);
  } else {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(summarize(JSON.parse(Buffer.concat(chunks).toString()))));
    });
  }
}).listen(port, "127.0.0.1");
