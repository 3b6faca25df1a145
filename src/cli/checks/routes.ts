/** Finds routes that no request reaches, because other routes come first for all of their paths. */
import { relative } from "node:path";
import type { RouteFacts } from "gable";
import { builtInConverters, createExpressionConverter, plainConverter } from "../../routing/converters.ts";
import type { Check, CheckSubject, Options } from "./check.ts";

/** Values that parameters may have. Each kind of value occurs several times, so that a narrow route does not match all of them. */
const samples: readonly string[] = [
  ..."abcdefghijklmnopqrstuvwxyz0123456789",
  ..."0042 1066 1850 1999 2024 2026 3001 12345 -5 3.14 en de fr xyz EN en-US Zebra UPPER hello-world snake_case no-1 ümlaut".split(" "),
  ..."page.html a.json image.png v1.2.3 x+y ~me @ann a@b.example 2026-02-28 1999-12-31".split(" "),
  ..."550e8400-e29b-41d4-a716-446655440000 00000000-0000-4000-8000-000000000000".split(" "),
  ..."6ba7b810-9dad-11d1-80b4-00c04fd430c8 f47ac10b-58cc-4372-a567-0e02b2c3d479 9b2f1c3e-7a54-4d1b-8c2d-5e6f7a8b9c0d".split(" "),
  ..."2024-02-29 2027-10-05 1970-01-01".split(" "),
  "two words",
];
/** Fewer values than this say nothing about a pattern: a narrow route may take all of them by chance. */
const valuesMin = 5;

/** Returns values that a parameter takes; none if they would say nothing. */
function listValues(type: string, { converters = {} }: Options): readonly string[] {
  // All that a list of words takes.
  if (type.includes("|") && /^[\w|-]+$/.test(type)) return type.split("|");
  const own = Object.hasOwn(converters, type) ? converters[type] : undefined;
  const builtIn = Object.hasOwn(builtInConverters, type) ? builtInConverters[type]!.converter : undefined;
  const isRest = type === "path" || type === "segments";
  const converter = type === "" || isRest ? plainConverter : (own ?? builtIn ?? createExpressionConverter(type));
  return enough(samples.filter((text) => converter.parse(text) !== undefined));
}

function enough(values: readonly string[]): readonly string[] {
  return values.length < valuesMin ? [] : values;
}

/** A parameter of a pattern: its name, its converter or expression, and whether it may be missing. The rest of a path has a star. */
const parameter = /(\/?)(?::([A-Za-z_]\w*)(?:\(((?:[^()\\]|\\.|\([^()]*\))*)\))?|\*[A-Za-z_]\w*)(\??)/g;

/** Returns paths that a pattern takes, with all optional segments and with none; none for a parameter that no sample fits. */
function* listPaths(pattern: string, options: Options): Generator<string> {
  const values = [...pattern.matchAll(parameter)].map(([, , name, type = ""]) =>
    name === undefined ? samples : listValues(type, options),
  );
  const count = Math.max(1, ...values.map(({ length }) => length));
  if (values.some(({ length }) => length === 0)) return;
  const fill = (index: number, hasOptional: boolean): string => {
    let place = 0;
    const path = pattern.replaceAll(parameter, (_text, slash: string, _name, _type, optional: string) => {
      const list = values[place++]!;
      return optional === "?" && !hasOptional ? "" : slash + encodeURIComponent(list[index % list.length]!);
    });
    return path === "" ? "/" : path;
  };
  for (let index = 0; index < count; index++) {
    yield fill(index, true);
    if (pattern.includes("?")) yield fill(index, false);
  }
}

/** Finds the route that takes all requests of another one. Most routes answer their first path: the search ends there. */
function findTaker(route: RouteFacts, options: Options, findRoute: NonNullable<CheckSubject["findRoute"]>): RouteFacts | undefined {
  let taker: RouteFacts | undefined;
  for (const path of listPaths(route.path, options)) {
    const found = findRoute(route.method, path);
    // A path that no route takes means that the samples are not those of the pattern.
    if (found === undefined || isSame(route, found)) return undefined;
    taker ??= found;
  }
  return taker;
}

function isSame(route: RouteFacts, other: RouteFacts): boolean {
  return other.path === route.path && other.method === route.method;
}

function run({ facts: { routes, options }, folder, findRoute }: CheckSubject): ReturnType<Check["run"]> {
  if (findRoute === undefined) return [];
  return routes.flatMap((route) => {
    const taker = findTaker(route, options, findRoute);
    if (taker === undefined) return [];
    return [
      {
        message: `${route.method} ${route.path} answers no request: ${taker.method} ${taker.path} comes first.`,
        fix: "Remove it, or make the pattern of the other route narrower.",
        ...(route.place !== undefined && { where: `${relative(folder, route.place.file)}:${route.place.line}` }),
      },
    ];
  });
}

/** The checks. */
export const routeChecks: readonly Check[] = [{ id: "routes.unreachable", level: "error", run }];
