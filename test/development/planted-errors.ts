/** An application with a planted error at each address. The line of each one carries its name in a comment. */
import { readFileSync } from "node:fs";
import { gable, GableError, get, middleware, notFound, post, stream } from "gable";
import type { Application, GableOptions, StandardSchema } from "gable";
import { field as f, Model, sql, transaction } from "gable/data";
import { silentLogger } from "../silent-logger.ts";

class Shelf extends Model("planted_shelves", { id: f.id(), name: f.text({ max: 20, unique: true }) }) {}

const source = readFileSync(import.meta.filename, "utf8").split("\n");

/** Returns the number of the line with a name. */
export function lineOf(name: string): number {
  return source.findIndex((line) => line.endsWith(`// ${name}`)) + 1;
}

const hostile = (target: object): object => {
  const refuse = (): never => {
    throw new Error("no");
  };
  return new Proxy(target, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
};
const thrown = (value: unknown) => (): never => {
  // oxlint-disable-next-line no-throw-literal -- what the tests are about
  throw value;
};
const fail = (message: string): never => {
  throw new TypeError(message); // fail
};
const unreadable = (name: string) => (): never => {
  const error = new Error("unreadable"); // unreadable
  Object.defineProperty(error, name, { get: thrown(new Error("no")) });
  throw error;
};
const refusing: StandardSchema<unknown, unknown> = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "It is too short.", path: ["title"] }] }) },
};
const numeric: StandardSchema<unknown, { readonly page: number }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      const page = Number((value as { readonly page?: string }).page); // A query is an object of texts.
      return Number.isNaN(page) ? { issues: [{ message: "It is not a number.", path: ["page"] }] } : { value: { page } };
    },
  },
};
// Nothing knows these types: mistakes that TypeScript would find are planted on purpose.
// oxlint-disable-next-line typescript/no-explicit-any -- as said above
const loose = {} as { author: any };

async function readLater(): Promise<never> {
  await Promise.resolve();
  throw new Error("later"); // later
}

function fall(depth: number): number {
  return fall(depth + 1) + 1; // endless
}

async function* pieces(): AsyncGenerator<string> {
  yield "<!doctype html><p>first";
  await Promise.resolve();
  throw new Error("broken off"); // stream
}

const handlers: Readonly<Record<string, () => unknown>> = {
  plain: () => {
    throw new Error("plain"); // plain
  },
  "property-of-undefined": () => loose.author.name, // property-of-undefined
  "property-of-null": () => JSON.parse("null").name, // property-of-null
  "set-of-undefined": () => (loose.author.name = "x"), // set-of-undefined
  "not-a-function": () => loose.author(), // not-a-function
  "not-iterable": () => [...(5 as never)], // not-iterable
  // oxlint-disable-next-line no-eval -- TypeScript refuses the name elsewhere
  "not-defined": () => (0, eval)("missingName"), // not-defined
  "not-initialized": () => {
    const read = (): number => late; // not-initialized
    const first = read();
    const late = first;
    return late;
  },
  endless: () => fall(0),
  later: readLater,
  all: () => Promise.all([Promise.resolve(), readLater()]),
  json: () => JSON.parse("{broken"), // json
  file: () => readFileSync("/nothing/here.txt", "utf8"), // file
  fetch: () => fetch("http://127.0.0.1:1/"), // fetch
  text: thrown("a text"),
  undefined: thrown(undefined),
  null: thrown(null),
  number: thrown(404),
  symbol: thrown(Symbol("sign")),
  function: thrown(function named() {}),
  object: thrown({ reason: "full", password: "planted-password" }),
  "hostile-object": thrown({ toString: thrown(1), toJSON: thrown(new Error("no")) }),
  "hostile-proxy": thrown(hostile({})),
  "hostile-error": thrown(hostile(new Error("inside"))),
  "hostile-message": unreadable("message"),
  "hostile-stack": unreadable("stack"),
  "hostile-cause": unreadable("cause"),
  "hostile-name": unreadable("name"),
  cause: () => {
    throw new Error("outer", { cause: new TypeError("the root") }); // cause
  },
  "cause-of-cause": () => {
    throw new Error("outer", { cause: new Error("middle", { cause: new RangeError("deep") }) }); // cause-of-cause
  },
  "cause-hostile": () => {
    throw new Error("outer", { cause: hostile({}) }); // cause-hostile
  },
  aggregate: () => {
    throw new AggregateError([new Error("part one"), new TypeError("part two")], "several"); // aggregate
  },
  any: () => Promise.any([readLater(), readLater()]),
  own: () => {
    throw new GableError("E_STOCK_EMPTY", "Only 2 are left.", { status: 409, fix: "Order less." }); // own
  },
  "not-found": () => {
    throw notFound("There is no such post."); // not-found
  },
  "result-undefined": () => undefined, // result-undefined
  "result-function": () => () => 1, // result-function
  "result-circular": () => {
    const list: unknown[] = [];
    list.push(list);
    return { list };
  },
  "result-map": () => ({ map: new Map() }), // result-map
  "sql-syntax": async () => await planted.current!.database().query(sql`SELEC 1`), // sql-syntax
  "sql-table": async () => await planted.current!.database().query(sql`SELECT * FROM nowhere`), // sql-table
  "sql-unfiltered": () => Shelf.where().update({ name: "x" }), // sql-unfiltered
  "sql-filter": () => Shelf.where({ nmae: "x" } as never).count(), // sql-filter
  "sql-unique": async () => {
    const name = crypto.randomUUID().slice(0, 18);
    await Shelf.create({ name });
    await Shelf.create({ name }); // sql-unique
  },
  "sql-missing": () => Shelf.get(99), // sql-missing
  "sql-too-long": async () => await Shelf.create({ name: "x".repeat(30) }), // sql-too-long
  "sql-read-only": () => transaction(async () => void (await Shelf.create({ name: "y" })), { readOnly: true }), // sql-read-only
};

/** The application that runs: handlers find its database here. */
const planted: { current: Application | undefined } = { current: undefined };

/** Creates the application. `views` is the folder of its templates. */
export function createPlantedApp(views: string, more: GableOptions = {}): Application {
  const app = gable({
    mode: "development",
    logger: silentLogger,
    models: [Shelf],
    database: "sqlite::memory:",
    views: { directories: [views] },
    ...more,
    routes: [
      ...Object.entries(handlers).map(([name, handler]) => get(`/${name}`, handler as () => string)), // routes
      get("/session", async ({ session }) => ({ found: await session.find("x") })), // session
      get("/input", (context) => (context as never as { json: unknown }).json as string), // input
      get("/view", ({ view }) => view("gone.html")), // view
      get("/view-value", ({ view }) => view("value.html", { read: readLater })), // view-value
      get("/view-call", ({ view }) => view("call.html", { call: () => fail("called") })), // view-call
      get("/view-line", ({ view }) => view("line.html", { shelf: null })), // view-line
      get("/view-include", ({ view }) => view("page.html", { call: () => fail("included") })), // view-include
      get("/guard", { guard: thrown(new Error("in the guard")) }, () => "ok"), // guard
      get("/middleware", { use: [middleware(thrown(new Error("in the middleware")))] }, () => "ok"), // middleware
      get("/next", { use: [middleware(async (_context, next) => (await next(), next()))] }, () => "ok"), // next
      get("/hook", ({ beforeReply }) => (beforeReply(thrown(new Error("in the hook"))), "ok")), // hook
      get("/returns", { returns: refusing }, () => ({ title: "" })), // returns
      get("/query", { query: numeric }, () => "ok"), // query
      post("/body", { json: refusing }, () => "ok"), // body
      get("/stream", () => stream(pieces(), { headers: { "content-type": "text/html" } })),
      ...(more.routes ?? []),
    ],
  });
  planted.current = app;
  return app;
}

/** Templates with planted errors, by name. */
export const plantedViews: Readonly<Record<string, string>> = {
  "value.html": "<p>\n  {{ read() }}\n</p>\n",
  "call.html": "<ul>\n\n  <li>{{ call() }}</li>\n</ul>\n",
  "line.html": "<h1>Shelf</h1>\n{{ shelf.books.first() }}\n",
  "page.html": '<main>\n{% include "part.html" %}\n</main>\n',
  "part.html": "<p>\n\n\n{{ call() }}</p>\n",
};
