/** AdonisJS with the packages of its web starter. Decorators are called as functions: Node runs this file as it is. */
import "reflect-metadata";
import { Ignitor } from "@adonisjs/core";
import { defineConfig as bodyParser } from "@adonisjs/core/bodyparser";
import { defineConfig as encryption, drivers } from "@adonisjs/core/encryption";
import { defineConfig as hash, drivers as hashes } from "@adonisjs/core/hash";
import { defineConfig as http, ExceptionHandler } from "@adonisjs/core/http";
import type { HttpContext } from "@adonisjs/core/http";
import { defineConfig as logger } from "@adonisjs/core/logger";
import { defineConfig as auth } from "@adonisjs/auth";
import type { InferAuthenticators } from "@adonisjs/auth/types";
import { sessionGuard, sessionUserProvider } from "@adonisjs/auth/session";
import { defineConfig as database } from "@adonisjs/lucid";
import { BaseModel, column } from "@adonisjs/lucid/orm";
import { defineConfig as session, stores } from "@adonisjs/session";
import { defineConfig as shield } from "@adonisjs/shield";
import vine from "@vinejs/vine";
import edge from "edge.js";
import pg from "pg";
import { adonisTables, databaseUrl, notePage, peerTables, port, secret, textMax } from "./common.ts";

class User extends BaseModel {
  declare id: number;
  declare name: string;
}
class Note extends BaseModel {
  declare id: number;
  declare userId: number;
  declare text: string;
}
for (const model of [User, Note]) column({ isPrimary: true })(model.prototype, "id");
column()(User.prototype, "name");
for (const name of ["userId", "text"]) column()(Note.prototype, name);

const noteValidator = vine.compile(vine.object({ text: vine.string().minLength(1).maxLength(textMax) }));

const guards = auth({
  default: "web",
  guards: {
    web: sessionGuard({ useRememberMeTokens: false, provider: sessionUserProvider({ model: () => Promise.resolve({ default: User }) }) }),
  },
});
declare module "@adonisjs/auth/types" {
  interface Authenticators extends InferAuthenticators<typeof guards> {}
}

const config = {
  app: {
    appKey: secret,
    http: http({ useAsyncLocalStorage: false, cookie: { path: "/", httpOnly: true, secure: false, sameSite: "lax" } }),
  },
  bodyparser: bodyParser({ allowedMethods: ["POST", "PUT", "PATCH", "DELETE"], form: {}, json: {}, multipart: {} }),
  encryption: encryption({ default: "gcm", list: { gcm: drivers.aes256gcm({ keys: [secret], id: "gcm" }) } }),
  hash: hash({ default: "scrypt", list: { scrypt: hashes.scrypt({}) } }),
  logger: logger({ default: "app", loggers: { app: { enabled: true, name: "bench", level: "error" } } }),
  session: session({
    age: "2h",
    cookieName: "session",
    clearWithBrowser: false,
    cookie: { path: "/", httpOnly: true, secure: false, sameSite: "lax" },
    store: "database",
    stores: { database: stores.database() },
  }),
  shield: shield({
    csp: { enabled: true, directives: { defaultSrc: ["'self'"] } },
    csrf: { enabled: true, exceptRoutes: [], enableXsrfCookie: false, methods: ["POST", "PUT", "PATCH", "DELETE"] },
    xFrame: { enabled: true, action: "DENY" },
    hsts: { enabled: true, maxAge: "180 days" },
    contentTypeSniffing: { enabled: true },
  }),
  auth: guards,
  database: database({
    connection: "postgres",
    connections: { postgres: { client: "pg", connection: { connectionString: databaseUrl }, pool: { min: 0, max: 10 } } },
  }),
};

/** Answers an error with its status. */
class Errors extends ExceptionHandler {
  protected override debug = false;
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
await pool.query(peerTables);
await pool.query(adonisTables);
await pool.end();
process.env["PORT"] = String(port);
process.env["HOST"] = "127.0.0.1";

const ignitor = new Ignitor(new URL("./adonis/", import.meta.url), { importer: (path) => import(path) as Promise<unknown> });
ignitor.tap((app) => {
  app.rcContents({
    providers: [
      () => import("@adonisjs/core/providers/app_provider"),
      () => import("@adonisjs/core/providers/hash_provider"),
      () => import("@adonisjs/core/providers/edge_provider"),
      () => import("@adonisjs/core/providers/vinejs_provider"),
      () => import("@adonisjs/session/session_provider"),
      () => import("@adonisjs/shield/shield_provider"),
      () => import("@adonisjs/lucid/database_provider"),
      () => import("@adonisjs/auth/auth_provider"),
    ],
  });
  app.initiating(() => void app.useConfig(config));
  app.booted(async () => {
    edge.registerTemplate("note", {
      template: notePage.replace("<%= it.user.name %>", "{{ auth.user.name }}").replace(/<input type="hidden".*>/, "{{ csrfField() }}"),
    });
    const server = await app.container.make("server");
    const router = await app.container.make("router");
    server.errorHandler(() => Promise.resolve({ default: Errors }));
    router.use([
      () => import("@adonisjs/core/bodyparser_middleware"),
      () => import("@adonisjs/session/session_middleware"),
      () => import("@adonisjs/shield/shield_middleware"),
      () => import("@adonisjs/auth/initialize_auth_middleware"),
    ]);
    router.get("/enter", async ({ auth: visitor, response }: HttpContext) => {
      await visitor.use("web").login(await User.findOrFail(1));
      response.redirect("/notes/new", false, 303);
    });
    router.get("/notes/new", async ({ auth: visitor, view }: HttpContext) => {
      await visitor.authenticateUsing(["web"]);
      return view.render("note");
    });
    router.post("/notes", async ({ auth: visitor, request, response }: HttpContext) => {
      const user = await visitor.authenticateUsing(["web"]);
      const { text } = await request.validateUsing(noteValidator);
      await Note.create({ userId: (user as User).id, text });
      response.redirect("/notes/new", false, 303);
    });
  });
});
await ignitor.httpServer().start();
