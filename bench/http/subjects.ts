/** Who is measured. */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Program } from "../process.ts";
import { toNginxConfig } from "./nginx.conf.ts";
import { staticFolder } from "./servers/common.ts";

/** A server of the comparison. */
export interface Subject {
  readonly name: string;
  /** How to start it on a port. */
  program(port: number): Program;
  /** Tests that it does not support. */
  readonly leavesOut?: readonly string[];
}

const folder = fileURLToPath(new URL("./servers/", import.meta.url));
const bun = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));

function onNode(name: string, file: string, environment: Record<string, string> = {}): Subject {
  return { name, program: () => ({ command: [process.execPath, `${folder}${file}`], environment }) };
}

/** All subjects; those that are not installed are left out by {@link availableSubjects}. */
const subjects: readonly Subject[] = [
  onNode("gable", "gable.ts"),
  onNode("gable on node:http", "gable.ts", { BENCH_ENGINE: "node" }),
  onNode("node:http", "node-http.ts"),
  onNode("fastify", "fastify.ts"),
  onNode("hono", "hono.ts"),
  onNode("express", "express.ts"),
  onNode("koa", "koa.ts"),
  onNode("h3", "h3.ts"),
  { name: "bun.serve", program: () => ({ command: [bun, `${folder}bun-serve.ts`] }) },
  { name: "elysia", program: () => ({ command: [bun, `${folder}elysia.ts`] }) },
  {
    name: "nginx",
    leavesOut: ["post", "stream"],
    program: (port) => {
      const temporary = mkdtempSync(`${tmpdir()}/gable-nginx-`);
      writeFileSync(`${temporary}/nginx.conf`, toNginxConfig(port, temporary, staticFolder));
      return { command: ["nginx", "-c", `${temporary}/nginx.conf`, "-p", temporary] };
    },
  },
];

/** The smallest application of each subject, in JavaScript: what its start costs. */
export const smallApps: Readonly<Record<string, string>> = {
  gable:
    'import { gable } from "gable"; const app = gable(); app.get("/users/:id", ({ params }) => ({ id: params.id })); await app.listen({ port: +process.env.BENCH_PORT });',
  "node:http":
    'import { createServer } from "node:http"; createServer((request, response) => response.end("{}")).listen(+process.env.BENCH_PORT, "127.0.0.1");',
  fastify:
    'import fastify from "fastify"; const app = fastify(); app.get("/users/:id", async (request) => request.params); await app.listen({ port: +process.env.BENCH_PORT });',
  hono: 'import { serve } from "@hono/node-server"; import { Hono } from "hono"; const app = new Hono(); app.get("/users/:id", (c) => c.json(c.req.param())); serve({ fetch: app.fetch, port: +process.env.BENCH_PORT });',
  express:
    'import express from "express"; const app = express(); app.get("/users/:id", (request, response) => response.json(request.params)); app.listen(+process.env.BENCH_PORT);',
  koa: 'import Koa from "koa"; const app = new Koa(); app.use((context) => { context.body = {}; }); app.listen(+process.env.BENCH_PORT);',
  h3: 'import { H3, serve } from "h3"; const app = new H3(); app.get("/users/:id", (event) => event.context.params); serve(app, { port: +process.env.BENCH_PORT, silent: true });',
};

/** The subjects that can run here, with a word about those that cannot. */
export function availableSubjects(): Subject[] {
  return subjects.filter(({ name }) => {
    const isThere = name === "nginx" ? existsSync("/usr/sbin/nginx") : name === "bun.serve" || name === "elysia" ? existsSync(bun) : true;
    if (!isThere) console.error(`${name} is not installed and is left out.`);
    return isThere;
  });
}
