/** NestJS on Express, with the middleware that its documentation names. Decorators are called as functions: Node runs this file as it is. */
import "reflect-metadata";
import type { CanActivate, ExecutionContext } from "@nestjs/common";
import { Body, Controller, Get, HttpCode, Module, Post, Redirect, Req, Res, UseGuards, ValidationPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { IsNotEmpty, IsString, MaxLength } from "class-validator";
import connectPgSimple from "connect-pg-simple";
import { csrfSync } from "csrf-sync";
import { Eta } from "eta";
import type { Request, Response } from "express";
import session from "express-session";
import helmet from "helmet";
import pg from "pg";
import type { User } from "./common.ts";
import { databaseUrl, notePage, peerTables, port, secret, textMax } from "./common.ts";

interface UserRequest extends Request {
  user: User;
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(peerTables);
const eta = new Eta();
const page = eta.compile(notePage);
const PgStore = connectPgSimple(session);
const { csrfSynchronisedProtection, generateToken } = csrfSync({
  getTokenFromRequest: (request) => (request.body as { _csrf?: string } | undefined)?._csrf,
});

class SignedIn implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<UserRequest>();
    const { userId } = request.session as { userId?: number };
    const { rows } = await pool.query<User>({ name: "user", text: "SELECT id, name FROM users WHERE id = $1", values: [userId] });
    if (rows[0] === undefined) return false;
    request.user = rows[0];
    return true;
  }
}

class NoteInput {
  declare text: string;
  declare _csrf: string;
}
for (const decorate of [IsString(), IsNotEmpty(), MaxLength(textMax)]) decorate(NoteInput.prototype, "text");
IsString()(NoteInput.prototype, "_csrf");

class EnterController {
  enter(request: Request): void {
    (request.session as { userId?: number }).userId = 1;
  }
}
class NotesController {
  show(request: UserRequest, response: Response): void {
    response.type("html").send(eta.render(page, { user: request.user, token: generateToken(request) }));
  }

  async create(request: UserRequest, input: NoteInput): Promise<void> {
    await pool.query({
      name: "note",
      text: "INSERT INTO notes (user_id, text) VALUES ($1, $2) RETURNING id",
      values: [request.user.id, input.text],
    });
  }
}

function decorateMethod(target: object, name: string, decorators: readonly MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name)!;
  for (const decorate of decorators) decorate(target, name, descriptor);
}
Controller()(EnterController);
decorateMethod(EnterController.prototype, "enter", [Get("enter"), Redirect("/notes/new", 303)]);
Req()(EnterController.prototype, "enter", 0);
Controller("notes")(NotesController);
UseGuards(SignedIn)(NotesController);
decorateMethod(NotesController.prototype, "show", [Get("new")]);
Req()(NotesController.prototype, "show", 0);
Res()(NotesController.prototype, "show", 1);
Reflect.defineMetadata("design:paramtypes", [Object, NoteInput], NotesController.prototype, "create");
decorateMethod(NotesController.prototype, "create", [Post(), HttpCode(303), Redirect("/notes/new", 303)]);
Req()(NotesController.prototype, "create", 0);
Body()(NotesController.prototype, "create", 1);

class AppModule {}
Module({ controllers: [EnterController, NotesController], providers: [SignedIn] })(AppModule);

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ["error"], bodyParser: false });
app.useBodyParser("urlencoded", { extended: false });
app.use(helmet());
app.use(session({ secret, resave: false, saveUninitialized: false, store: new PgStore({ pool }) }));
app.use("/notes", csrfSynchronisedProtection);
app.useGlobalPipes(new ValidationPipe());
await app.listen(port, "127.0.0.1");
