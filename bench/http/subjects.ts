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
  /** Tests that it cannot take part in. */
  readonly leavesOut?: readonly string[];
}

const folder = fileURLToPath(new URL("./servers/", import.meta.url));
const bun = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
const hook = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));
const gableServer = process.env.BENCH_DIST === undefined ? ["--import", hook] : [];

function onNode(name: string, file: string, environment: Record<string, string> = {}, flags: readonly string[] = []): Subject {
  return { name, program: () => ({ command: [process.execPath, ...flags, `${folder}${file}`], environment }) };
}

/** All subjects; those that are not installed are left out by {@link availableSubjects}. */
const subjects: readonly Subject[] = [
  onNode("gable", "gable.ts", {}, gableServer),
  onNode("gable on node:http", "gable.ts", { BENCH_ENGINE: "node" }, gableServer),
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

/** The subjects that can run here, with a word about those that cannot. */
export function availableSubjects(): Subject[] {
  return subjects.filter(({ name }) => {
    const isThere = name === "nginx" ? existsSync("/usr/sbin/nginx") : name === "bun.serve" || name === "elysia" ? existsSync(bun) : true;
    if (!isThere) console.error(`${name} is not installed and is left out.`);
    return isThere;
  });
}
