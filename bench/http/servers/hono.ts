import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { helloText, port, summarize, webStream } from "./common.ts";

const app = new Hono();
app.get("/users/:id", (context) => context.json({ id: Number(context.req.param("id")) }));
app.get("/text", (context) => context.text(helloText));
app.get("/static/*", serveStatic({ root: "./bench/http" }));
app.get("/stream", (context) => context.body(webStream()));
app.post("/json", async (context) => context.json(summarize(await context.req.json())));
serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
