import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { createMessage, messageBytes } from "./message.ts";

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

async function publish(count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const text = JSON.stringify(createMessage(number));
    for (const socket of sockets.clients) socket.send(text);
    await setImmediate();
  }
}

const server = createServer((request, response) => {
  const count = /^\/publish\/([0-9]+)$/.exec(request.url!)?.[1];
  if (count === undefined) {
    gc!();
    response.end();
  } else void publish(Number(count)).then(() => response.end(String(messageBytes)));
});
server.on("upgrade", (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request));
});
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1");
