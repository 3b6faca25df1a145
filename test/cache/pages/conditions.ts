/** Replies of routes with `storeSeconds`, and whether they are stored. */
import type { Context, RouteOptions } from "gable";
import { download, gone, html, json, middleware, notFound, redirect, stream, text } from "gable";
import { cached, csv, fragment } from "gable/views";
import { z } from "zod";

/** A reply of a route. */
export interface Condition {
  readonly title: string;
  /** Options besides `cache`. */
  readonly options?: RouteOptions;
  readonly handle: (context: Context, count: number) => unknown;
  /** Fields of the requests. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly search?: string;
  readonly status?: number;
  /** Why it is not stored; undefined for a reply that is. */
  readonly reason?: string;
}

const count = z.object({ page: z.coerce.number().default(1) });
const withHeader = (name: string, value: string) => text("x", { headers: { [name]: value } });
const later = async <Value>(value: Value): Promise<Value> => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return value;
};

/** Replies that are the same for everybody. */
export const storedConditions: readonly Condition[] = [
  { title: "a view", handle: (_context, number) => html`<p>${number}</p>` },
  { title: "a view with a value that comes later", handle: () => html`<p>${later("x")}</p>` },
  { title: "a view with a cached fragment", handle: () => html`${cached("a", { ttlSeconds: 60 }, () => html`<p>x</p>`)}` },
  { title: "a view with a fragment", handle: () => html`${fragment("a", html`<p>x</p>`)}` },
  { title: "a view with a nonce", handle: () => html`<script>1</script>` },
  { title: "a view whose handler writes the nonce", handle: ({ nonce }) => html`<p>${nonce}</p>` },
  { title: "a string", handle: () => "x" },
  { title: "JSON", handle: (_context, number) => ({ number }) },
  { title: "bytes", handle: () => new Uint8Array([0, 255, 128]) },
  { title: "an empty string", handle: () => "" },
  { title: "a Response", handle: () => new Response("x", { headers: { "content-type": "text/x", "x-own": "1" } }) },
  { title: "301", handle: () => redirect("/elsewhere", { status: 301 }), status: 301 },
  { title: "404 that is returned", handle: () => text("none", { status: 404 }), status: 404 },
  { title: "410 that is returned", handle: () => json({ gone: true }, { status: 410 }), status: 410 },
  { title: "a header field", handle: () => withHeader("x-own", "1") },
  { title: "max-age of the handler", handle: () => withHeader("cache-control", "public, max-age=5") },
  {
    title: "Vary with a declared field",
    options: { cache: { vary: ["Accept-Language"] } },
    handle: () => withHeader("vary", "ACCEPT-language"),
  },
  {
    title: "a declared header field that is read",
    options: { cache: { vary: ["Accept-Language"] } },
    handle: ({ headers }) => text(headers.get("accept-language") ?? ""),
    headers: { "accept-language": "de" },
  },
  { title: "a declared query that is read", options: { query: count }, handle: ({ query }) => ({ query }), search: "?page=2" },
  { title: "a path parameter", handle: ({ params, path, method }) => ({ params, path, method }) },
  { title: "an address with the host", handle: ({ absoluteUrl }) => text(absoluteUrl("/x")) },
  {
    title: "a field and a status of context.reply",
    handle: ({ reply }) => {
      reply.status = 404;
      reply.headers.set("x-own", "1");
      return "x";
    },
    status: 404,
  },
  { title: "cookies that nobody reads", handle: () => "x", headers: { cookie: "__Host-session=abc; a=b" } },
  { title: "the log", handle: ({ log }) => (log.debug("x"), "x") },
  { title: "work after the reply", handle: ({ afterReply }) => (afterReply(() => undefined), "x") },
  { title: "a middleware that reads nothing", options: { use: [middleware((_context, next) => next())] }, handle: () => "x" },
  { title: "a guard that reads nothing", options: { guard: () => true }, handle: () => "x" },
  { title: "a checked reply", options: { returns: z.object({ a: z.number() }) }, handle: () => ({ a: 1 }) },
  {
    title: "a field that a middleware writes for each request",
    options: { use: [middleware(({ reply }, next) => (reply.headers.set("x-middleware", "1"), next()))] },
    handle: ({ reply }) => (reply.headers.set("x-own", "1"), "x"),
  },
];

const read = (name: string, handle: Condition["handle"], reason = `context.${name} was read`): Condition => ({
  title: `context.${name}`,
  handle,
  reason,
});

/** Values of a query that JSON does not have. */
const hidden: ReadonlyArray<readonly [title: string, hide: (a: string) => object]> = [
  ["a function", (a) => ({ read: () => a })],
  ["a property of a list", (a) => Object.assign([1], { a })],
  ["an empty item", () => Array(2)],
  ["a symbol key", (a) => ({ [Symbol.for("a")]: a })],
  ["a property that is not enumerable", (a) => Object.defineProperty({}, "a", { value: a })],
  ["a property of a date", (a) => ({ date: Object.assign(new Date(0), { a }) })],
];

/** Replies that may be for one visitor. */
export const unstoredConditions: readonly Condition[] = [
  // What was read of the visitor, also when there was nothing to find.
  read("cookies", ({ cookies }) => text(cookies.get("a") ?? "")),
  read("session", async ({ session }) => text(String(await session.find("a")))),
  read("flash", ({ flash }) => ({ messages: flash.take() })),
  read("user", ({ user }) => text(String(user))),
  read("ip", ({ ip }) => text(ip)),
  read("request", ({ request }) => text(request.headers.get("cookie") ?? "")),
  read("url", ({ url }) => text(url.pathname)),
  read("requestId", ({ requestId }) => text(requestId)),
  read("rateLimits", async ({ rateLimits }) => json({ ...(await rateLimits.take("a", { requestsMax: 9, windowSeconds: 9 })) })),
  read("query", ({ query }) => text(query.get("a") ?? ""), "context.query was read, and the route declares no query"),
  read("redirectBack", ({ redirectBack }) => (redirectBack({ fallback: "/" }), "x"), "context.redirectBack() was called"),
  read("markPersonal", ({ markPersonal }) => (markPersonal(), "x"), "context.markPersonal() was called"),
  read("beforeReply", ({ beforeReply }) => (beforeReply(() => undefined), "x"), "context.beforeReply() was called"),
  read("tenant", (context) => text(String((context as unknown as { tenant: unknown }).tenant))),
  // The types do not have these.
  ...["raw", "queryString", "forwarded"].map((name) => read(name, (context) => text(String(Reflect.get(context, name))))),
  { title: "a header field", handle: ({ headers }) => text(headers.get("X-Own") ?? ""), reason: "the header field X-Own was read" },
  { title: "whether a field exists", handle: ({ headers }) => text(String(headers.has("dnt"))), reason: "the header field dnt was read" },
  { title: "all lines of a field", handle: ({ headers }) => headers.all("accept"), reason: "the header field accept was read" },
  { title: "all header fields", handle: ({ headers }) => [...headers].length > 0 && "x", reason: "all header fields were read" },
  {
    title: "another field than the declared one",
    options: { cache: { vary: ["accept"] } },
    handle: ({ headers }) => text(headers.get("accept-language") ?? ""),
    reason: "the header field accept-language was read",
  },
  { title: "a view that reads the user", handle: ({ view }) => view("user.html", {}), reason: "context.user was read" },
  { title: "a view that reads the messages", handle: ({ view }) => view("flash.html", {}), reason: "context.flash was read" },
  { title: "a view that reads a cookie", handle: ({ view }) => view("cookie.html", {}), reason: "context.cookies was read" },
  { title: "a view that writes the query", handle: ({ view }) => view("query.html", {}), reason: "context.url was read" },
  {
    title: "a cookie read while the view is rendered, after a wait",
    handle: (context) => html`<p>${later(0).then(() => context.cookies.get("a"))}</p>`,
    reason: "context.cookies was read",
  },
  // Queries with values that a key would leave out.
  ...hidden.map(([title, hide]) => ({
    title: `a query with ${title}`,
    options: { query: z.object({ a: z.string() }).transform(({ a }) => hide(a)) },
    handle: () => "x",
    search: "?a=1",
    reason: "its query has values that a cache cannot keep",
  })),
  // Middleware and guards.
  {
    title: "a middleware that reads a cookie",
    options: { use: [middleware(({ cookies }, next) => (cookies.get("a"), next()))] },
    handle: () => "x",
    reason: "context.cookies was read",
  },
  {
    title: "a guard that reads the session",
    options: { guard: async ({ session }) => (await session.find("a")) === undefined },
    handle: () => "x",
    reason: "context.session was read",
  },
  // The request.
  { title: "Authorization", handle: () => "x", headers: { authorization: "Bearer a" }, reason: "the request has Authorization" },
  { title: "an empty Authorization", handle: () => "x", headers: { authorization: "" }, reason: "the request has Authorization" },
  // The reply.
  { title: "a cookie that is set", handle: ({ cookies }) => (cookies.set("a", "b"), "x"), reason: "it sets a cookie" },
  { title: "Set-Cookie of the reply", handle: () => withHeader("Set-Cookie", "a=b"), reason: "it sets a cookie" },
  {
    title: "Set-Cookie of context.reply",
    handle: ({ reply }) => (reply.headers.append("set-cookie", "a=b"), "x"),
    reason: "it sets a cookie",
  },
  { title: "Set-Cookie of a Response", handle: () => new Response("x", { headers: { "set-cookie": "a=b" } }), reason: "it sets a cookie" },
  ...["private", "PRIVATE", "Private , max-age=9", 'max-age=9, private="set-cookie"', "public,\tprivate"].map((value) => ({
    title: `Cache-Control: ${value}`,
    handle: () => withHeader("cache-control", value),
    reason: "its Cache-Control is private",
  })),
  ...["no-store", "No-Store", "max-age=9,no-store", "no-store=1"].map((value) => ({
    title: `Cache-Control: ${value}`,
    handle: () => withHeader("cache-control", value),
    reason: "its Cache-Control is no-store",
  })),
  {
    title: "Cache-Control of context.reply that the reply replaces",
    handle: ({ reply }) => (reply.headers.set("cache-control", "no-store"), withHeader("cache-control", "max-age=9")),
    reason: "its Cache-Control is no-store",
  },
  ...["*", "Cookie", "cookie", "COOKIE", "accept , Cookie", "Cookie,accept", "*, accept"].map((value) => ({
    title: `Vary: ${value}`,
    options: { cache: { vary: ["accept"] } },
    handle: () => withHeader("vary", value),
    reason: `it has Vary: ${value.includes("*") ? "*" : (/cookie/i.exec(value)?.[0] ?? "")}`,
  })),
  ...[201, 202, 203, 206, 302, 303, 307, 308, 400, 401, 403, 405, 429, 451, 500, 503].map((status) => ({
    title: String(status),
    handle: () => text("x", { status }),
    status,
    reason: `its status is ${status}`,
  })),
  { title: "no content", handle: () => null, status: 204, reason: "its status is 204" },
  { title: "a status of context.reply", handle: ({ reply }) => ((reply.status = 418), "x"), status: 418, reason: "its status is 418" },
  { title: "a stream", handle: () => stream(pieces()), reason: "its body is a file or a stream" },
  { title: "an async iterable", handle: () => pieces(), reason: "its body is a file or a stream" },
  { title: "a table", handle: () => csv([{ a: 1 }]), reason: "its body is a file or a stream" },
  {
    title: "a file",
    handle: () => download("package.json", { root: process.cwd(), name: "a.json" }),
    reason: "its body is a file or a stream",
  },
  {
    title: "a nonce in a header field",
    handle: ({ nonce }) => html`<p>${nonce}</p>`.toString() && text(nonce, { headers: { "x-own": nonce } }),
    reason: "a header field has its nonce",
  },
  {
    title: "a nonce that is encoded",
    handle: ({ nonce }) => text(`${nonce} ${encodeURIComponent(nonce)}`),
    reason: "its nonce cannot be replaced in the body",
  },
  { title: "a nonce in bytes", handle: ({ nonce }) => new TextEncoder().encode(nonce), reason: "its nonce cannot be replaced in the body" },
  {
    title: "a field of a middleware that the handler changes",
    options: { use: [middleware(({ reply }, next) => (reply.headers.set("x-own", "1"), next()))] },
    handle: ({ reply }) => (reply.headers.set("x-own", "2"), "x"),
    reason: "the handler changed what a middleware or a rate limit wrote to context.reply",
  },
  // Errors.
  {
    title: "404 that is thrown",
    handle: () => {
      throw notFound();
    },
    status: 404,
    reason: "",
  },
  {
    title: "410 that is thrown",
    handle: () => {
      throw gone();
    },
    status: 410,
    reason: "",
  },
  {
    title: "an error",
    handle: () => {
      throw new Error("x");
    },
    status: 500,
    reason: "",
  },
  {
    title: "an error of the view",
    handle: () => html`<p>${Promise.reject(new Error("x"))}</p>`,
    status: 500,
    reason: "",
  },
];

async function* pieces(): AsyncGenerator<string> {
  yield "a";
  yield "b";
}
