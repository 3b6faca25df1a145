import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get, group, mount, resource, socket } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";

const handler = (): string => "x";
const deny = { guard: () => false };
class Posts {
  index(): string {
    return "posts";
  }
}

/** Calls that the compiler rejects. Without a check of types, what is in the wrong place must not be dropped: it may be a guard. */
const calls: ReadonlyArray<readonly [call: string, run: () => unknown, message: RegExp]> = [
  [
    "group(prefix, options, routes)",
    () => loosely(group)("/g", deny, [get("/a", handler)]),
    /^group\("\/g"\) was called with 2 arguments; it takes/,
  ],
  ["group(prefix, options, options)", () => loosely(group)("/g", {}, deny), /^group\("\/g"\) was called with 2 arguments/],
  ["group(prefix, routes, options, options)", () => loosely(group)("/g", [], {}, deny), /^group\("\/g"\) was called with 3 arguments/],
  [
    "get(pattern, options, handler, options)",
    () => loosely(get)("/a", {}, handler, deny),
    /^GET "\/a" was called with 4 arguments; it takes/,
  ],
  ["get(pattern, handler, options)", () => loosely(get)("/a", handler, deny), /^GET "\/a": option "handler" is an object/],
  [
    "socket(pattern, options, handlers, options)",
    () => loosely(socket)("/s", {}, {}, deny),
    /^socket\("\/s"\) was called with 4 arguments/,
  ],
  ["mount(prefix, handler, options)", () => loosely(mount)("/m", handler, deny), /^mount\("\/m"\) was called with 3 arguments; it takes/],
  [
    "mount(prefix, object)",
    () => loosely(mount)("/m", { fetch: handler }),
    /^mount\("\/m"\): option "handler" is an object \(Object\); it must be a function/,
  ],
  ["mount(prefix)", () => loosely(mount)("/m"), /^mount\("\/m"\): option "handler" is undefined/],
  [
    "resource(prefix, class, options, options)",
    () => loosely(resource)("/r", Posts, {}, deny),
    /^resource\("\/r"\) was called with 4 arguments/,
  ],
  [
    "resource(prefix, object)",
    () => loosely(resource)("/r", { index: handler }),
    /^resource\("\/r"\): option "Controller" is an object \(Object\)/,
  ],
  [
    "resource(prefix, class, unknown option)",
    () => loosely(resource)("/r", Posts, { onyl: [] }),
    /^resource\("\/r"\) has no option "onyl"/,
  ],
  [
    "gable(options, options)",
    () => loosely(gable)({}, { routes: [] }),
    /^gable\(\) was called with 2 arguments; it takes one object of options/,
  ],
  ["gable(null)", () => loosely(gable)(null), /^gable\(\): option "options" is null; it must be an object/],
  [
    "get(pattern, { form: string })",
    () => loosely(get)("/a", { form: "x" }, handler),
    /^GET "\/a": option "form" is "x"; it must be a form/,
  ],
];

/** A function without the types of its arguments, as JavaScript calls it. */
function loosely(call: unknown): (...args: unknown[]) => unknown {
  return call as (...args: unknown[]) => unknown;
}

describe("arguments in the wrong place", () => {
  for (const [call, run, message] of calls)
    it(`are refused: ${call}`, () => {
      assert.throws(run, (error: Error & { code?: string }) => error.code?.startsWith("E_OPTION_") === true && message.test(error.message));
    });

  it("may be undefined", () => {
    assert.equal(loosely(group)("/g", {}, undefined) instanceof Object, true);
    assert.equal(loosely(get)("/a", {}, handler, undefined) instanceof Object, true);
    assert.equal(loosely(gable)(undefined, undefined) instanceof Object, true);
  });
});

describe("mount()", () => {
  const shown = mountShown();
  const places: ReadonlyArray<readonly [where: string, app: Parameters<typeof gable>[0], path: string, seen: string]> = [
    ["at the top", { routes: [shown()] }, "/old/a/b?c=1", "/a/b?c=1"],
    ["at its own address", { routes: [shown()] }, "/old", "/"],
    ["in a group", { routes: [group("/admin", [shown()])] }, "/admin/old/a/b", "/a/b"],
    ["in two groups", { routes: [group("/x", [group("/yy/z", [shown()])])] }, "/x/yy/z/old/a/b", "/a/b"],
    ["in a group, at its own address", { routes: [group("/admin", [shown()])] }, "/admin/old", "/"],
    ["below a base path", { basePath: "/shop", routes: [shown()] }, "/shop/old/a", "/a"],
    ["with a slash at the end", { routes: [group("/admin", [shown()])] }, "/admin/old/a/b/?c", "/a/b/?c"],
    ["at its own address with a slash", { routes: [group("/admin", [shown()])] }, "/admin/old/", "/"],
    ["at an encoded address", { routes: [mountShown("/o-d")()] }, "/%6f-d/a%20b", "/a%20b"],
  ];
  for (const [where, options, path, seen] of places)
    it(`passes the path without every prefix: ${where}`, async () => {
      const app = gable({ mode: "test", logger: silentLogger, ...options });
      for (const method of ["GET", "POST", "DELETE"]) assert.equal(await (await app.request(path, { method })).text(), seen, method);
      assert.equal((await app.request(path, { method: "HEAD" })).status, 200);
    });
});

/** Makes mounts that answer with the path that they get. */
function mountShown(prefix = "/old"): () => ReturnType<typeof mount> {
  return () =>
    mount(prefix, (request) => {
      const { pathname, search } = new URL(request.url);
      return new Response(pathname + search);
    });
}
