import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { defineConverter } from "./converters.ts";
import { assertLinearExpression } from "./linear-expression.ts";
import { formatPath } from "./format-path.ts";
import { expandOptional, parsePattern, toPatternShape } from "./pattern.ts";
import { RadixTree } from "./radix-tree.ts";
import { Route } from "./route.ts";
import { RouteTable, toParams } from "./route-table.ts";
import { parseStackLine } from "../errors/source-place.ts";

function treeOf(patterns: readonly string[], converters = {}): RadixTree<string> {
  const tree = new RadixTree<string>();
  for (const pattern of patterns)
    for (const segments of expandOptional(parsePattern(pattern, converters))) tree.add("GET", segments, pattern);
  return tree;
}

function match(patterns: readonly string[], path: string, converters = {}): unknown {
  const found = treeOf(patterns, converters).find("GET", path);
  return found === undefined ? undefined : [found.entry, ...found.values];
}

describe("parsePattern()", () => {
  const bad: Array<[string, RegExp]> = [
    ["a", /does not start with \//],
    ["", /does not start with \//],
    ["/a//b", /has an empty segment/],
    ["/*rest/a", /before its end/],
    ["/:p(path)/a", /before its end/],
    ["/:a/:a", /uses the parameter "a" twice/],
    ["/:a/b:a", /uses the parameter "a" twice/],
    ["/:", /not an identifier/],
    ["/:1a", /not an identifier/],
    ["/:__proto__", /not an identifier/],
    ["/:a()", /empty parentheses/],
    ["/:a(int", /unbalanced parentheses/],
    ["/:a_:b", /not an identifier|text between/],
    ["/:a%20", /has "%" after the name/],
    ["/:a:b", /no text between two parameters/],
    ["/:a(int):b", /no text between two parameters/],
    ["/:a$é", /has "é" after the name/],
    ["/:a-:b/:a", /uses the parameter "a" twice/],
    ["/:a-:a", /uses the parameter "a" twice/],
    ["/:a(int)x?", /only a segment that is one parameter/],
    ["/x:a?", /only a segment that is one parameter/],
    ["/:a.:b?", /only a segment that is one parameter/],
    ["/:a.?x", /has one of % \? #/],
    ["/.:a/..", /no path can contain/],
    ["/\ud800", /no path can contain/],
    ["/a?", /without percent-encoding/],
    ["/:p(path).json", /next to other text/],
    ["/:p(segments)/a", /before its end/],
    ["/:a?/:b?/:c?/x/:d?/:e?/:f?/y/:g?/:h?", /more than 32 different paths/],
    ["/a%20b", /without percent-encoding/],
    ["/a?b", /without percent-encoding/],
    ["/..", /no path can contain/],
    ["/.", /no path can contain/],
    ["/a/./b", /no path can contain/],
    ["/*", /has "\*" without a name/],
    ["/*1", /not an identifier/],
    ["/file-[id]", /has one of .* in "file-\[id\]"/],
    ["/a<b", /has one of .* in "a<b"/],
    ["/[]", /has one of .* in "\[\]"/],
  ];
  for (const [pattern, message] of bad)
    it(`refuses ${pattern}`, () => assert.throws(() => parsePattern(pattern), { code: "E_PATTERN_MALFORMED", message }));

  for (const [pattern, fix] of [
    ["/a/{id}", "Write :id."],
    ["/{id:int}/b", "Write :id."],
    ["/{slug?}", "Write :slug."],
    ["/<id>", "Write :id."],
    ["/<int:id>", "Write :id(int)."],
    ["/<slug:name>/edit", "Write :name(slug)."],
    ["/<path:file>", "Write *file."],
    ["/[id]", "Write :id."],
    ["/[...rest]", "Write *rest."],
    ["/[[...rest]]", "Write *rest."],
    ["/*", "Write *rest."],
  ] as const)
    it(`says how ${pattern} is written here`, () => assert.throws(() => parsePattern(pattern), { code: "E_PATTERN_MALFORMED", fix }));

  it("names the nearest converter", () => {
    assert.throws(() => parsePattern("/:id(itn)"), { code: "E_CONVERTER_UNKNOWN", fix: 'Write "int" instead of "itn".' });
  });

  it("gives equal shapes to patterns that match equal paths", () => {
    assert.equal(toPatternShape(parsePattern("/a/:x(int)/*rest")), toPatternShape(parsePattern("/a/:y(int)/*other")));
    assert.notEqual(toPatternShape(parsePattern("/:x")), toPatternShape(parsePattern("/:x(slug)")));
  });
});

describe("RadixTree", () => {
  const rows: Array<[string[], string, unknown]> = [
    [["/"], "/", ["/"]],
    [["/a"], "/a", ["/a"]],
    [["/a"], "/A", undefined],
    [["/a"], "/a/", undefined],
    [["/a/"], "/a/", ["/a/"]],
    [["/:x"], "/", undefined],
    [["/:x"], "/a%20b", ["/:x", "a b"]],
    [["/:x"], "/%2561", ["/:x", "%61"]],
    [["/:x"], "/a%2Fb", undefined],
    [["/:x"], "/a%5cb", undefined],
    [["/a/b"], "/a%2Fb", undefined],
    [["/ab"], "/%61b", ["/ab"]],
    [["/é"], "/%C3%A9", ["/é"]],
    [["/:x"], "/a;b=c", ["/:x", "a;b=c"]],
    [["/:x", "/:y(int)", "/me"], "/7", ["/:y(int)", 7]],
    [["/:x", "/:y(int)", "/me"], "/me", ["/me"]],
    [["/:x", "/:y(int)", "/me"], "/you", ["/:x", "you"]],
    [["/:x(int)"], "/007", undefined],
    [["/:x(int)"], "/-5", undefined],
    [["/:x(int)"], "/1.0", undefined],
    [["/:x(int)"], "/9007199254740991", ["/:x(int)", 9007199254740991]],
    [["/:x(int)"], "/9007199254740992", undefined],
    [["/:x(uuid)"], "/123e4567-e89b-12d3-a456-426614174000", ["/:x(uuid)", "123e4567-e89b-12d3-a456-426614174000"]],
    [["/:x(uuid)"], "/123E4567-E89B-12D3-A456-426614174000", undefined],
    [["/:x(slug)"], "/a-B_9", ["/:x(slug)", "a-B_9"]],
    [["/:x(slug)"], "/a.b", undefined],
    [["/:x(slug)"], "/a%0A", undefined],
    [["/:x(date)"], "/2024-02-29", ["/:x(date)", "2024-02-29"]],
    [["/:x(date)"], "/2023-02-29", undefined],
    [["/f/*rest"], "/f/a/b%20c", ["/f/*rest", "a/b c"]],
    [["/f/*rest"], "/f", undefined],
    [["/f/*rest"], "/f/", undefined],
    [["/f/*rest"], "/f/a//b", undefined],
    [["/f/*rest"], "/f/a/", undefined],
    [["/f/:p(path)", "/f/*rest"], "/f/a/b", ["/f/:p(path)", "a/b"]],
    [["/*rest", "/:a/:b"], "/x/y", ["/:a/:b", "x", "y"]],
    [["/@:user", "/:page"], "/@ann", ["/@:user", "ann"]],
    [["/@:user", "/:page"], "/about", ["/:page", "about"]],
    [["/@:user", "/:page"], "/@", ["/:page", "@"]],
    [["/feed.:format(slug)"], "/feed.atom", ["/feed.:format(slug)", "atom"]],
    [["/:code([A-Z]{3})", "/:x"], "/ABC", ["/:code([A-Z]{3})", "ABC"]],
    [["/:code([A-Z]{3})", "/:x"], "/ABCD", ["/:x", "ABCD"]],
    [["/:a/x", "/:b(int)/y"], "/1/x", ["/:a/x", "1"]],
    [["/a/:x/c", "/a/b/:y"], "/a/b/c", ["/a/b/:y", "c"]],
    [["/a/b/d", "/a/:x/c"], "/a/b/c", ["/a/:x/c", "b"]],
    [["/:a/:b/:c/z", "/:a/:b/*rest"], "/1/2/3/4", ["/:a/:b/*rest", "1", "2", "3/4"]],
    [["/:id(int).json", "/:id"], "/7.json", ["/:id(int).json", 7]],
    [["/:id(int).json", "/:id"], "/7.xml", ["/:id", "7.xml"]],
    [["/:id.json", "/:id"], "/.json", ["/:id", ".json"]],
    [["/:name.:type"], "/a.tar.gz", ["/:name.:type", "a.tar", "gz"]],
    [["/:name.:type"], "/a.", undefined],
    [["/:slug-:id(int)"], "/a-b-7", ["/:slug-:id(int)", "a-b", 7]],
    [["/:slug-:id(int)"], "/a-b-07", undefined],
    [["/:slug-:day(date)"], "/tea-2024-02-29", ["/:slug-:day(date)", "tea", "2024-02-29"]],
    [["/:from(date)..:to(date)"], "/2024-01-01..2024-02-01", ["/:from(date)..:to(date)", "2024-01-01", "2024-02-01"]],
    [["/v:a(int).:b(int).:c(int)-x"], "/v1.2.3-x", ["/v:a(int).:b(int).:c(int)-x", 1, 2, 3]],
    [["/:a-:b"], "/x%2Fy-z", undefined],
    [["/:a-:b"], "/%C3%A9-%2D", ["/:a-:b", "é", "-"]],
    [["/:a-:b"], "/--", undefined],
    [["/:a-:b"], "/---", ["/:a-:b", "-", "-"]],
    [["/:x/:y", "/:a-:b/z"], "/1-2/z", ["/:a-:b/z", "1", "2"]],
    [["/:x/:y", "/:a-:b/z"], "/1-2/y", ["/:x/:y", "1-2", "y"]],
    [["/:id?"], "/", ["/:id?"]],
    [["/:id?"], "/7", ["/:id?", "7"]],
    [["/posts/:id(int)?"], "/posts", ["/posts/:id(int)?"]],
    [["/posts/:id(int)?"], "/posts/", undefined],
    [["/:year(int)?/:slug?"], "/tea", undefined],
    [["/:year(int)?/:slug?"], "/2024/tea", ["/:year(int)?/:slug?", 2024, "tea"]],
    [["/:lang(de|en)?/about"], "/about", ["/:lang(de|en)?/about"]],
    [["/:lang(de|en)?/about"], "/de/about", ["/:lang(de|en)?/about", "de"]],
    [["/:lang(de|en)?/about"], "/fr/about", undefined],
    [["/f/*path?"], "/f", ["/f/*path?"]],
    [["/f/*path?"], "/f/a/b", ["/f/*path?", "a/b"]],
    [["/k/:parts(segments)"], "/k/a%2Fb/c", ["/k/:parts(segments)", ["a/b", "c"]]],
    [["/k/:parts(segments)"], "/k/a//c", undefined],
    [["/k/:parts(segments)"], "/k/a%2F..%2Fb", undefined],
    [["/k/:parts(segments)", "/k/*rest"], "/k/x", ["/k/:parts(segments)", ["x"]]],
    [["/k/*rest"], "/k/a%2Fb", undefined],
    [["/:a-:b(int)"], `/${"-".repeat(65)}7`, ["/:a-:b(int)", "-".repeat(64), 7]],
    [["/:a(int)-:b(slug)"], `/1${"-".repeat(64)}x`, ["/:a(int)-:b(slug)", 1, `${"-".repeat(63)}x`]],
    [["/:a(int)-:b(slug)"], `/1${"-".repeat(65)}x`, undefined],
    [[`/:x`], `/${"a".repeat(1024)}`, ["/:x", "a".repeat(1024)]],
    [["/:a(int)-:b"], `/1${"-x".repeat(64)}-`, ["/:a(int)-:b", 1, `${"x-".repeat(64)}`]],
    [["/:a(int)-:b"], `/1${"-x".repeat(65)}-`, undefined],
    [["/v:x(int)"], "/v", undefined],
    [["/:x(int)"], "/0", ["/:x(int)", 0]],
    [["/:x(\\)+)-:y"], "/))-a", ["/:x(\\)+)-:y", "))", "a"]],
    [[`/:x`], `/${"a".repeat(1025)}`, undefined],
  ];
  for (const [patterns, path, expected] of rows)
    it(`${patterns.join(" ")} and ${path.slice(0, 40)}`, () => assert.deepEqual(match(patterns, path), expected));

  it("finds the routes of all paths of a pattern with optional segments", () => {
    const table = new RouteTable<null>();
    const add = (pattern: string): void => {
      const route = new Route({ method: "GET", pattern, name: undefined, place: undefined });
      table.add(route, route.bind(pattern, {}), null);
    };
    add("/archive/:year(int)?/:month(int)?");
    assert.equal(table.entries.length, 1);
    const paramsOf = (path: string): unknown => {
      const found = table.find("GET", path);
      return found && toParams(found.entry.paramNames, found.values);
    };
    assert.deepEqual(paramsOf("/archive"), {});
    assert.deepEqual(paramsOf("/archive/2026"), { year: 2026 });
    assert.deepEqual(paramsOf("/archive/2026/7"), { year: 2026, month: 7 });
    assert.equal(paramsOf("/archive/2026/7/1"), undefined);
    assert.equal(table.allowOf("/archive/2026"), "GET, HEAD, OPTIONS");
    assert.throws(() => add("/archive"), { code: "E_ROUTE_DUPLICATE" });
    assert.throws(() => add("/archive/:other(int)"), { code: "E_ROUTE_DUPLICATE" });
  });

  it("finds the route that answers for folders", () => {
    const table = new RouteTable<string>();
    const add = (pattern: string, hasFolders: boolean): void => {
      const route = new Route({ method: "GET", pattern, name: undefined, place: undefined, hasFolders });
      table.add(route, route.bind(pattern, {}), pattern);
    };
    assert.equal(table.findFolder("GET", "/docs/"), undefined);
    add("/docs/*name", true);
    add("/docs/own", false);
    add("/plain/*name", false);
    const found = (method: string, path: string): unknown => table.findFolder(method, path)?.values;
    assert.deepEqual(found("GET", "/docs/"), [""]);
    assert.deepEqual(found("HEAD", "/docs/"), [""]);
    assert.deepEqual(found("GET", "/docs/a/b/"), ["a/b"]);
    assert.deepEqual(found("GET", "/docs/a%20b/"), ["a b"]);
    for (const path of ["/docs/own/", "/plain/a/", "/plain/", "/docs", "/docs/a", "/docs//", "/"])
      assert.equal(found("GET", path), undefined, path);
    for (const method of ["POST", "OPTIONS", "PUT"]) assert.equal(found(method, "/docs/"), undefined, method);
  });

  it("asks a converter about no empty text, and about a slash only if the converter allows it", () => {
    const asked: string[] = [];
    const any = defineConverter<string>({ parse: (text) => (asked.push(text), text), format: (value) => value });
    assert.equal(match(["/:a(any)-:b(any)"], "/-x", { any }), undefined);
    assert.equal(match(["/:a(any)-:b(any)"], "/x-", { any }), undefined);
    assert.equal(match(["/:a(any)-:b(any)"], "/x%2F-y", { any }), undefined);
    for (const pattern of ["/:a(any)", "/x:a(any)", "/x/:a(any)", "/%20/:a(any)"])
      for (const path of ["/", "/x", "/x/", "/%20/", "/%78"]) match([pattern.replace("%20", " ")], path, { any });
    assert.ok(!asked.includes("") && !asked.includes("x/"), asked.join());
    assert.equal(match(["/x:a(any)"], "/x", { any }), undefined);
    assert.throws(() => formatPath(parsePattern("/:a(any)-:b(any)", { any }), { a: "x/y", b: "z" }, "/p"), { code: "E_ROUTE_PARAM" });
    const open = { ...any, allowEncodedSlash: true };
    assert.deepEqual(match(["/:a(open)-:b(open)"], "/x%2F-y", { open }), ["/:a(open)-:b(open)", "x/", "y"]);
    assert.equal(formatPath(parsePattern("/:a(open)-:b(open)", { open }), { a: "x/y", b: "z" }, "/p"), "/x%2Fy-z");
  });

  it("takes the method and the path together", () => {
    const tree = new RadixTree<string>();
    tree.add("POST", parsePattern("/users/me"), "post");
    tree.add("GET", parsePattern("/users/:name"), "get");
    assert.deepEqual(tree.find("GET", "/users/me"), { entry: "get", values: ["me"] });
    assert.equal(tree.find("POST", "/users/me")?.entry, "post");
    assert.equal(tree.find("HEAD", "/users/x")?.entry, "get");
    assert.equal(tree.find("PUT", "/users/me"), undefined);
    assert.deepEqual(tree.methodsOf("/users/me").sort(), ["GET", "POST"]);
    assert.deepEqual(tree.methodsOf("/nothing"), []);
  });

  it("names methods only for routes whose values fit", () => {
    const tree = new RadixTree<string>();
    for (const pattern of ["/users/:id(int)", "/k/:parts(segments)", "/f/*rest"]) tree.add("GET", parsePattern(pattern), pattern);
    for (const path of ["/users/7", "/k/a%2Fb/c", "/f/a/b"]) assert.deepEqual(tree.methodsOf(path), ["GET"], path);
    for (const path of ["/users/x", "/users/", "/k/a//c", "/k/", "/f/a//b", "/f/a%2Fb", "/f/"])
      assert.deepEqual(tree.methodsOf(path), [], path);
    const any = defineConverter<string>({ parse: (text) => text, format: (value) => value });
    tree.add("GET", parsePattern("/any/:x(any)", { any }), "any");
    assert.deepEqual(tree.methodsOf("/any/a%20b"), ["GET"]);
    assert.deepEqual(tree.methodsOf("/any/a%2Fb"), []);
  });

  it("takes own converters, with encoded slashes when they allow them", () => {
    const even = defineConverter<number>({
      parse: (text) => (/^[0-9]*[02468]$/.test(text) ? Number(text) : undefined),
      format: (value) => (value % 2 === 0 ? String(value) : undefined),
    });
    const any = defineConverter<string>({ parse: (text) => text, format: (value) => value, allowEncodedSlash: true });
    assert.deepEqual(match(["/:n(even)", "/:x"], "/4", { even }), ["/:n(even)", 4]);
    assert.deepEqual(match(["/:n(even)", "/:x"], "/5", { even }), ["/:x", "5"]);
    assert.deepEqual(match(["/:k(any)"], "/a%2Fb", { any }), ["/:k(any)", "a/b"]);
    assert.throws(() => defineConverter({ parse: (text: string) => text } as never), { code: "E_OPTION_INVALID" });
  });

  it("agrees with a linear matcher on random tables and paths", () => {
    const segment = fc.constantFrom("a", "b", ":x", ":n(int)", ":s(slug)", "p:q", "7");
    const pattern = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.map((part, index) => part.replace(/:(\w)/, `:$1${index}`)).join("/")}`);
    const path = fc
      .array(fc.constantFrom("a", "b", "7", "pa", "c-d", "p", "07", "%61", "é"), { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.map((part) => (part === "é" ? "%C3%A9" : part)).join("/")}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { minLength: 1, maxLength: 12, selector: (text) => toPatternShape(parsePattern(text)) }),
        path,
        (patterns, target) => {
          const found = treeOf(patterns).find("GET", target);
          const expected = findLinearly(patterns, target);
          assert.equal(found?.entry, expected);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** The slow and plain way: try all patterns, in the order of priority at the first segment where they differ. */
function findLinearly(patterns: readonly string[], path: string): string | undefined {
  const texts = path.slice(1).split("/").map(decodeURIComponent);
  const rank = (part: ReturnType<typeof parsePattern>[number]): number[] =>
    part.kind === "literal" ? [0] : part.kind === "param" ? [1, -part.literalLength, part.priority] : [2];
  const fitting = patterns.filter((pattern) => {
    const segments = parsePattern(pattern);
    return (
      segments.length === texts.length &&
      segments.every((segment, index) => {
        const text = texts[index]!;
        if (segment.kind === "literal") return segment.text === text;
        return (
          segment.kind === "param" &&
          text.startsWith(segment.prefix) &&
          segment.single!.converter.parse(text.slice(segment.prefix.length)) !== undefined
        );
      })
    );
  });
  const compare = (first: string, second: string): number => {
    const [left, right] = [parsePattern(first), parsePattern(second)];
    for (let index = 0; index < left.length; index++) {
      const [one, two] = [rank(left[index]!), rank(right[index]!)];
      for (let place = 0; place < 3; place++) if ((one[place] ?? 0) !== (two[place] ?? 0)) return (one[place] ?? 0) - (two[place] ?? 0);
    }
    return 0;
  };
  return fitting.sort(compare)[0];
}

describe("url()", () => {
  function bound(pattern: string): Route<Record<string, unknown>> {
    const route = new Route<Record<string, unknown>>({ method: "GET", pattern, name: undefined, place: undefined });
    route.bind(pattern, {});
    return route;
  }

  it("encodes segments and adds the query", () => {
    assert.equal(bound("/posts/:slug").url({ slug: "a b/c?".replace("/", "") }, { page: 2 }), "/posts/a%20bc%3F?page=2");
    assert.equal(bound("/f/*rest").url({ rest: "a b/ü" }), "/f/a%20b/%C3%BC");
    assert.equal(bound("/@:user").url({ user: ".".concat("x") }), "/@.x");
    assert.equal(bound("/é/:id(int)").url({ id: 7 }), "/%C3%A9/7");
    assert.equal(bound("/:id(int)").url({ id: 0 }), "/0");
    assert.equal(bound("/:name.:type").url({ name: "a.tar", type: "gz" }), "/a.tar.gz");
    assert.equal(bound("/:slug-:id(int)").url({ slug: "a-b", id: 7 }), "/a-b-7");
    assert.equal(bound("/:id?").url({}), "/");
    assert.equal(bound("/:year(int)?/:month(int)?/x").url({ year: 7 }), "/7/x");
    assert.equal(bound("/:lang(de|en)?/f/*rest?").url({ rest: "a/b" }), "/f/a/b");
    assert.equal(bound("/k/:parts(segments)").url({ parts: ["a/b", "c d"] }), "/k/a%2Fb/c%20d");
  });

  const bad: Array<[string, Record<string, unknown>]> = [
    ["/:x", {}],
    ["/:x", { x: "" }],
    ["/:x", { x: "." }],
    ["/:x", { x: ".." }],
    ["/:x", { x: "a/b" }],
    ["/:x", { x: 7 }],
    ["/:x", { x: "a\n" }],
    ["/:x(int)", { x: "7" }],
    ["/:x(int)", { x: -1 }],
    ["/:x(int)", { x: 1.5 }],
    ["/*x", { x: "a//b" }],
    ["/*x", { x: "" }],
    ["/*x", { x: "a/../b" }],
    ["/:x(slug)", { x: "a b" }],
    ["/:name.:type", { name: "a", type: "tar.gz" }],
    ["/:a-:b", { a: "x", b: "" }],
    ["/:a-:b", { a: "x", b: "y-z" }],
    ["/:a-:b", { a: "x/y", b: "z" }],
    ["/:year(int)?/:month(int)?", { month: 7 }],
    ["/:x(int)?", { x: "7" }],
    ["/k/:x(segments)", { x: "a" }],
    ["/k/:x(segments)", { x: [] }],
    ["/k/:x(segments)", { x: ["a", "b/../c"] }],
    ["/k/:x(segments)", { x: ["a", ".."] }],
    // No path holds half of a surrogate pair.
    ["/:x", { x: "\ud800" }],
    ["/:x", { x: "a\udc00" }],
    ["/k:x", { x: "\ud800" }],
    ["/:a-:b", { a: "x", b: "\ud800" }],
    ["/*x", { x: "a/\ud800" }],
    ["/k/:x(segments)", { x: ["a", "\ud800"] }],
    ["/:x", { x: Object.create(null) as unknown }],
    ["/:x", { x: Symbol("x") }],
  ];
  for (const [pattern, params] of bad)
    it(`refuses ${JSON.stringify(params)} for ${pattern}`, () =>
      assert.throws(() => bound(pattern).url(params), { code: "E_ROUTE_PARAM" }));

  it("refuses what an own converter writes if no path can hold it", () => {
    const any = defineConverter<string>({ parse: (text) => text, format: (value) => value });
    const write = (x: string): string => formatPath(parsePattern("/:x(any)", { any }), { x }, "/:x(any)");
    assert.equal(write("a".repeat(1024)), `/${"a".repeat(1024)}`);
    for (const x of ["", ".", "..", "a".repeat(1025)]) assert.throws(() => write(x), { code: "E_ROUTE_PARAM" }, x.slice(0, 3));
  });

  it("needs a place, and one place alone", () => {
    const route = new Route({ method: "GET", pattern: "/a", name: undefined, place: undefined });
    assert.throws(() => route.url(), { code: "E_ROUTE_UNBOUND", message: 'The route GET "/a" is not registered with an application yet.' });
    route.bind("/a", {});
    assert.throws(() => route.bind("/b", {}), {
      code: "E_ROUTE_BOUND_TWICE",
      message: 'The route GET "/b" is already registered, as "/a".',
    });
  });

  it("round-trips, or refuses the values, for every pattern with several, optional and listed parameters", () => {
    const text = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "-", ".", "7", "0", "é", "/", "~", " ", "%") });
    const values = fc.record({ a: text, b: text, n: fc.nat(99), parts: fc.array(text, { minLength: 1, maxLength: 3 }) });
    const used: Array<[string, string[]]> = [
      ["/:a.:b", ["a", "b"]],
      ["/:a-:b-:n(int)", ["a", "b", "n"]],
      ["/:a(slug)-:n(int).json", ["a", "n"]],
      ["/x:n(int)~:a..:b", ["n", "a", "b"]],
      ["/:n(int)?/:a?/end", []],
      ["/:n(int)?/:a?/end", ["n"]],
      ["/:n(int)?/:a?/end", ["n", "a"]],
      ["/:a(slug)?/files/:parts(segments)?", ["parts"]],
      ["/:a(slug)?/files/:parts(segments)?", ["a", "parts"]],
    ];
    for (const [pattern, names] of used) {
      const segments = parsePattern(pattern);
      const table = new RouteTable<null>();
      const route = new Route({ method: "GET", pattern, name: undefined, place: undefined });
      table.add(route, route.bind(pattern, {}), null);
      let written = 0;
      fc.assert(
        fc.property(values, (all) => {
          const params = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
          let path: string;
          try {
            path = formatPath(segments, params, pattern);
          } catch (error) {
            return (error as { code: string }).code === "E_ROUTE_PARAM";
          }
          written++;
          const found = table.find("GET", path);
          assert.deepEqual(found && toParams(found.entry.paramNames, found.values), params);
          return true;
        }),
        { numRuns: 500 },
      );
      assert.ok(written > 0, pattern);
    }
  });

  it("round-trips for every converter", () => {
    const cases: Array<[string, fc.Arbitrary<unknown>]> = [
      ["/:x", fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" })],
      ["/:x(int)", fc.nat({ max: Number.MAX_SAFE_INTEGER })],
      ["/:x(uuid)", fc.uuid()],
      ["/:x(slug)", fc.stringMatching(/^[-\w]{1,20}$/)],
      [
        "/:x(date)",
        fc
          .date({ min: new Date("1000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
          .map((date) => date.toISOString().slice(0, 10)),
      ],
      ["/*x", fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"))],
    ];
    for (const [pattern, values] of cases) {
      const segments = parsePattern(pattern);
      const tree = treeOf([pattern]);
      fc.assert(
        fc.property(values, (x) => {
          let path: string;
          try {
            path = formatPath(segments, { x }, pattern);
          } catch (error) {
            return (error as { code: string }).code === "E_ROUTE_PARAM";
          }
          assert.deepEqual(tree.find("GET", path)?.values, [x]);
          return true;
        }),
        { numRuns: 300 },
      );
    }
  });
});

describe("assertLinearExpression()", () => {
  for (const source of [
    "[A-Z]{3}",
    "a+b+",
    "a+b+a+",
    "(?:ab|cd)+",
    "[a-z]+(?:-[a-z]+)*",
    "\\d{4}-\\d{2}",
    "a?b?c?",
    "x*y*",
    "(?<year>\\d+)",
    "[^/]+\\.html",
    "\\u0041\\x42",
    "(?:a|b)*c",
    "a{2,5}",
    "[\\w.]+@x",
    "[a\\-z]",
    ".+",
  ]) {
    it(`takes ${source}`, () => assertLinearExpression(source, `/:x(${source})`));
  }

  const bad: Array<[string, RegExp]> = [
    ["(a*)*", /part "\(a\*\)\*" can read one text in two ways/],
    ["(a+)+", /in two ways/],
    ["(a|a)*", /in two ways/],
    ["(a|ab|b)*", /in two ways/],
    ["(?:a|aa)+", /in two ways/],
    ["a*a*", /behind another loop/],
    ["\\d+\\w+", /behind another loop/],
    ["\\0+[\\0-a]+", /behind another loop/],
    ["\\u{10FFFF}+[^a]+", /behind another loop/],
    ["\\0+\\0+", /behind another loop/],
    [".*x.*", /behind another loop/],
    ["[a-z]+[a-f]+", /behind another loop/],
    ["a+b*a+", /behind another loop/],
    ["a+b?a+", /behind another loop/],
    ["a+b{0,2}a+", /behind another loop/],
    ["(a?){2,5}", /can be empty/],
    ["(?=a)b", /look-around/],
    ["(?!a)b", /look-around/],
    ["(?<=a)b", /look-around/],
    ["(a)\\1", /back-reference/],
    ["(?<x>a)\\k<x>", /back-reference/],
    ["^a", /anchor/],
    ["a$", /anchor/],
    ["\\bx", /anchor or an unknown escape/],
    ["a**", /repeats nothing/],
    ["[z-a]", /out of order/],
    ["[a", /open class/],
    ["(a", /open parenthesis/],
    ["a{x}", /not a repetition/],
    ["\\", /ends with a backslash/],
    ["a{201}", /more than 200/],
    ["a)", /closing parenthesis/],
  ];
  for (const [source, message] of bad)
    it(`refuses ${source}`, () => assert.throws(() => assertLinearExpression(source, "/p"), { code: "E_PATTERN_NOT_LINEAR", message }));

  it("takes 200 positions", () => assertLinearExpression("a{200}", "/p"));

  it("takes 400,000 steps of the proof", () => {
    // A loop of n equal characters takes n³ steps.
    const most = "(?:a{73})+|(?:b{22})+|(?:c{6})+|(?:d{4})+|(?:e{3})+|(?:f{3})+|g+";
    assertLinearExpression(most, "/p");
    assert.throws(() => assertLinearExpression(`${most}|h+`, "/p"), {
      code: "E_PATTERN_NOT_LINEAR",
      message: /part of too many loops to prove that they are linear/,
    });
  });
});

describe("RouteTable", () => {
  it("names both places of a duplicate", () => {
    const table = new RouteTable<string>();
    const define = (line: number, pattern: string): void => {
      const route = new Route({ method: "GET", pattern, name: undefined, place: { file: "app.ts", line } });
      table.add(route as Route, route.bind(pattern, {}), "run");
    };
    define(1, "/users/:id");
    assert.throws(() => define(7, "/users/:name"), {
      code: "E_ROUTE_DUPLICATE",
      message: 'GET "/users/:name" is defined twice: app.ts:1 and app.ts:7.',
    });
    assert.equal(table.allowOf("/users/x"), "GET, HEAD, OPTIONS");
    assert.equal(table.allowOf("/x"), undefined);
    assert.deepEqual(toParams(["a", "b"], [1, "x"]), { a: 1, b: "x" });
  });
});

describe("parseStackLine()", () => {
  it("reads file and line of the usual forms", () => {
    assert.deepEqual(parseStackLine("    at file:///a/b%20c.ts:3:4"), { file: "/a/b c.ts", line: 3 });
    assert.deepEqual(parseStackLine("at Object.run (/a/b.ts:12:1)"), { file: "/a/b.ts", line: 12 });
    assert.equal(parseStackLine("at native"), undefined);
  });
});
