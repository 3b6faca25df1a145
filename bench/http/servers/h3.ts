import { readFile } from "node:fs/promises";
import { H3, serve } from "h3";
import { helloText, port, staticFolder, staticName, summarize, webStream } from "./common.ts";

const app = new H3();
app.get("/users/:id", (event) => ({ id: Number(event.context.params!.id) }));
app.get("/text", () => helloText);
app.get("/static/:name", async (event) => {
  event.res.headers.set("content-type", "text/css");
  return readFile(`${staticFolder}/${staticName}`);
});
app.get("/stream", () => webStream());
app.post("/json", async (event) => summarize(await event.req.json()));
serve(app, { port, hostname: "127.0.0.1", silent: true });
