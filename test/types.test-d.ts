/** Types that a user relies on: what must compile, and what must not. Checked by tsc, never run. */
import type { Context, HandlerResult, PathParams, Route } from "gable";
import { gable, get, group, html, middleware, mount, post, resource } from "gable";
import { z } from "zod";

type Equal<First, Second> = (<Type>() => Type extends First ? 1 : 2) extends <Type>() => Type extends Second ? 1 : 2 ? true : false;
const assertType = <_Check extends true>(): void => undefined;

assertType<Equal<PathParams<"/teams/:team(slug)/:id(int)/*rest">, { team: string; id: number; rest: string }>>();
assertType<Equal<PathParams<"/a/b">, {}>>();
assertType<Equal<PathParams<"/@:user/feed.:format(slug)">, { user: string; format: string }>>();
assertType<Equal<PathParams<"/:code([A-Z]{3})">, { code: string }>>();
assertType<Equal<PathParams<"/:code((?:a|b)c(?:d|e))/:id(int)">, { code: string; id: number }>>();
assertType<Equal<PathParams<"/:id.json">, { id: string }>>();
assertType<Equal<PathParams<"/:id(int).json">, { id: number }>>();
assertType<Equal<PathParams<"/:slug-:id(int)">, { slug: string; id: number }>>();
assertType<Equal<PathParams<"/v:major(int).:minor(int)/:name.:type">, { major: number; minor: number; name: string; type: string }>>();
assertType<Equal<PathParams<"/:from(date)..:to(date)">, { from: string; to: string }>>();
assertType<Equal<PathParams<"/posts/:id(int)?">, { id?: number }>>();
assertType<Equal<PathParams<"/:lang(de|en)?/archive/:year(int)?/:month(int)?">, { lang?: string; year?: number; month?: number }>>();
assertType<Equal<PathParams<"/files/*path?">, { path?: string }>>();
assertType<Equal<PathParams<"/keys/:parts(segments)">, { parts: readonly string[] }>>();

const show = get("/posts/:slug/:page(int)", ({ params }) => {
  assertType<Equal<typeof params, { slug: string; page: number }>>();
  return params.slug;
});
show.url({ slug: "a", page: 1 }, { q: "x" });
// @ts-expect-error a parameter is missing
show.url({ slug: "a" });
// @ts-expect-error the parameter is a number
show.url({ slug: "a", page: "1" });
// @ts-expect-error the pattern has no such parameter
show.url({ slug: "a", page: 1, other: 2 });

const home = get("/", () => "x");
home.url();
assertType<Equal<typeof home, Route<{}>>>();

const list = get("/list", { query: z.object({ page: z.coerce.number(), tag: z.string().optional() }) }, ({ query }) => {
  assertType<Equal<typeof query, { page: number; tag?: string | undefined }>>();
  return { page: query.page };
});
list.url({}, { tag: "a" });
// @ts-expect-error the query has no such name
list.url({}, { tga: "a" });

post("/form", { form: z.object({ title: z.string() }) }, ({ form }) => {
  // @ts-expect-error data is there only once the form is known to be valid
  form.data.title.length;
  return form.valid ? form.data.title : html`<p>${form.errors().length}</p>`;
});

post("/json", { json: z.object({ a: z.string() }) }, ({ json }) => {
  assertType<Equal<typeof json, { a: string }>>();
  return json;
});

// @ts-expect-error json was not declared: its type is a sentence that says so
post("/undeclared", ({ json }) => json.a);
// @ts-expect-error a handler must return something
get("/nothing", () => undefined);
// @ts-expect-error a number is not a result
get("/number", () => 5);
// @ts-expect-error no such option
get("/option", { gaurd: () => true }, () => "x");

const loadTeam = middleware<{ team: { name: string } }>((_context, next) => next({ team: { name: "x" } }));
// @ts-expect-error the addition is missing
middleware<{ team: string }>((_context, next) => next());
const team = group("/teams/:team(slug)", { use: [loadTeam], guard: ({ headers }) => headers.has("x") });
team.get("/projects/:id(int)", ({ params, team: loaded }) => {
  assertType<Equal<typeof params, { team: string; id: number }>>();
  return loaded.name;
});
group("/account", [home, list]);
// @ts-expect-error a prefix with parameters takes its routes by group.get(...)
group("/:x", [home]);

// @ts-expect-error an object is not allowed in a hole
html`<p>${{}}</p>`;
html`<p>${Promise.resolve("x")}</p>`;
// @ts-expect-error a promise of a value that no hole accepts is not allowed
html`<p>${fetch("/")}</p>`;
// @ts-expect-error a function is not allowed in a hole
html`<p>${() => "x"}</p>`;
// @ts-expect-error a date is not allowed in a hole
html`<p>${new Date()}</p>`;
// @ts-expect-error html is a tag
html("<p>");

gable({ routes: [home, list, team, group("/account", [home]), mount("/other", () => new Response("")), resource("/posts", class {})] });

export const anyContext = (context: Context): string => context.path;

// A handler returns something on every way, and never a number or a promise of nothing.
interface Row {
  name: string;
}
declare const row: Row;
declare const condition: { if: number; then: { a: number } };
declare const pages: "/a" | "/b";
get("/", () => row);
get("/", async () => [row]);
get("/", async () => new (class {})());
get("/", async function* () {
  yield "text";
});
get("/", () => condition);
get(pages, (context) => ({ path: context.path }));
export const result: HandlerResult = row;
// @ts-expect-error nothing is returned
get("/", () => {});
// @ts-expect-error a promise of nothing
get("/", async () => {});
// @ts-expect-error one way returns nothing
get("/", async ({ path }) => {
  if (path === "/") return row;
});
// @ts-expect-error a number
get("/", async () => 5);
// @ts-expect-error a promise of nothing, with options
get("/", { name: "nothing" }, async () => {});
// @ts-expect-error a guard that decides nothing
get("/", { guard: async () => {} }, () => row);
// @ts-expect-error a middleware that returns nothing
get("/", { use: [async () => {}] }, () => row);
// @ts-expect-error a promise of nothing, in a group
group("/a").get("/", async () => {});
// @ts-expect-error a promise of nothing, in an application
gable().get("/", async () => {});

// A handler may link to its own route when the type of its result is written down.
const again = get("/again/:page(int)", ({ params }): HandlerResult => again.url({ page: params.page + 1 }));
const later = get("/later/:page(int)", { name: "later" }, async ({ params }): Promise<HandlerResult> => ({
  next: later.url({ page: params.page }),
}));
assertType<Equal<typeof again, Route<{ page: number }>>>();
later.url({ page: 1 });
