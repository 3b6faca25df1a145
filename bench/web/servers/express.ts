import connectPgSimple from "connect-pg-simple";
import { csrfSync } from "csrf-sync";
import { Eta } from "eta";
import express from "express";
import session from "express-session";
import helmet from "helmet";
import pg from "pg";
import { z } from "zod";
import type { User } from "./common.ts";
import { databaseUrl, notePage, peerTables, port, secret, textMax } from "./common.ts";

declare module "express-session" {
  interface SessionData {
    userId: number;
  }
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(peerTables);
const eta = new Eta();
const page = eta.compile(notePage);
const noteSchema = z.object({ text: z.string().trim().min(1).max(textMax) });
const PgStore = connectPgSimple(session);
const { csrfSynchronisedProtection, generateToken } = csrfSync({
  getTokenFromRequest: (request) => (request.body as { _csrf?: string } | undefined)?._csrf,
});

const app = express();
app.use(helmet());
app.use(express.urlencoded({ extended: false }));
app.use(session({ secret, resave: false, saveUninitialized: false, store: new PgStore({ pool }) }));
app.get("/enter", (request, response) => {
  request.session.userId = 1;
  response.redirect(303, "/notes/new");
});
app.use(csrfSynchronisedProtection);
app.use(async (request, response, next) => {
  const { userId } = request.session;
  const { rows } = await pool.query<User>({ name: "user", text: "SELECT id, name FROM users WHERE id = $1", values: [userId] });
  if (rows[0] === undefined) return response.redirect(303, "/enter");
  response.locals["user"] = rows[0];
  next();
});
app.get("/notes/new", (request, response) => {
  response.type("html").send(eta.render(page, { user: response.locals["user"] as User, token: generateToken(request) }));
});
app.post("/notes", async (request, response) => {
  const input = noteSchema.safeParse(request.body);
  if (!input.success) return void response.status(422).send("The text is missing or too long.");
  const values = [(response.locals["user"] as User).id, input.data.text];
  await pool.query({ name: "note", text: "INSERT INTO notes (user_id, text) VALUES ($1, $2) RETURNING id", values });
  response.redirect(303, "/notes/new");
});
app.listen(port, "127.0.0.1");
