import { createRequire } from "node:module";
import cookie from "@fastify/cookie";
import csrf from "@fastify/csrf-protection";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import session from "@fastify/session";
import connectPgSimple from "connect-pg-simple";
import { Eta } from "eta";
import fastify from "fastify";
import pg from "pg";
import type { User } from "./common.ts";
import { databaseUrl, notePage, peerTables, port, secret, textMax } from "./common.ts";

declare module "fastify" {
  interface Session {
    userId?: number;
  }
  interface FastifyRequest {
    user: User | null;
  }
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(peerTables);
const page = new Eta({ autoEscape: true }).compile(notePage);
const eta = new Eta();
const PgStore = connectPgSimple(createRequire(import.meta.url)("express-session") as never); // It only needs the base class of stores.

const app = fastify();
await app.register(helmet);
await app.register(formbody);
await app.register(cookie);
await app.register(session, { secret, saveUninitialized: false, cookie: { secure: false }, store: new PgStore({ pool }) as never }); // As its documentation says: stores of express-session fit.
await app.register(csrf, { sessionPlugin: "@fastify/session" });
app.decorateRequest("user", null);
app.get("/enter", async (request, reply) => {
  request.session.userId = 1;
  return reply.redirect("/notes/new", 303);
});
await app.register(async (signedIn) => {
  signedIn.addHook("preHandler", async (request, reply) => {
    const { userId } = request.session;
    const { rows } = await pool.query<User>({ name: "user", text: "SELECT id, name FROM users WHERE id = $1", values: [userId] });
    if (rows[0] === undefined) return reply.redirect("/enter", 303);
    request.user = rows[0];
  });
  signedIn.get("/notes/new", async (request, reply) => {
    return reply.type("text/html").send(eta.render(page, { user: request.user, token: reply.generateCsrf() }));
  });
  const body = {
    type: "object",
    required: ["text"],
    properties: { text: { type: "string", minLength: 1, maxLength: textMax } },
  };
  signedIn.post<{ Body: { text: string } }>("/notes", { schema: { body }, preHandler: app.csrfProtection }, async (request, reply) => {
    const values = [request.user!.id, request.body.text];
    await pool.query({ name: "note", text: "INSERT INTO notes (user_id, text) VALUES ($1, $2) RETURNING id", values });
    return reply.redirect("/notes/new", 303);
  });
});
await app.listen({ port, host: "127.0.0.1" });
