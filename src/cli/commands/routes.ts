/** `gable routes`: every route, and which of them takes a path. */
import { relative } from "node:path";
import type { RouteFacts } from "gable";
import { GableError } from "gable";
import { findNearestName, suggestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  method: { type: "string", help: "Only routes of this method" },
  path: { type: "string", help: "Which route takes this path, and why the others do not" },
  grep: { type: "string", help: "Only routes whose pattern, name or file contains the text" },
  unguarded: { type: "boolean", help: "Only routes without a guard" },
  unsafe: { type: "boolean", help: "Only routes with methods that change something" },
} as const;
const words = { name: { help: "Name of one route; all without it", optional: true } } as const;
type Context = BuiltInContext<typeof words, typeof flags>;

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Lists the routes. */
export const routes = builtIn({
  examples: ["routes", "routes posts.show", "routes --unsafe --unguarded", "routes --path /posts/hello"],
  arguments: words,
  flags,
  async run(context: Context) {
    const { flags: given, project, table, print } = context;
    const app = await project.loadApp();
    const all = findNamed(app.describe().routes, context.arguments.name);
    if (given.path !== undefined) return explain(context, given.path, (method, path) => app.findRoute(method, path), all);
    const shown = all.filter((route) => isWanted(route, given));
    table(shown.map((route) => toRow(route, project.folder)));
    if (shown.length === 0) print(all.length === 0 ? "The application has no routes." : `No route matches.${suggest(given.grep, all)}`);
    return { routes: shown.map((route) => ({ ...route, place: toPlace(route, project.folder) })) };
  },
});

/** Returns the routes of a name; all without one. Throws `E_COMMAND_USAGE` with the nearest name for an unknown one. */
function findNamed(all: readonly RouteFacts[], name: string | undefined): readonly RouteFacts[] {
  if (name === undefined) return all;
  const found = all.filter((route) => route.name === name);
  if (found.length > 0) return found;
  const names = namesOf(all);
  throw new GableError("E_COMMAND_USAGE", `No route has the name "${name}".`, {
    fix: names.length === 0 ? "Give routes names: get(path, { name }, handler)." : suggestName(name, names),
  });
}

const namesOf = (all: readonly RouteFacts[]): readonly string[] => [...new Set(all.flatMap(({ name }) => name ?? []))];

function suggest(text: string | undefined, all: readonly RouteFacts[]): string {
  const near = text === undefined ? undefined : findNearestName(text, [...namesOf(all), ...all.map(({ path }) => path)]);
  return near === undefined ? "" : ` (Did you mean ${near}?)`;
}

function isWanted(route: RouteFacts, { method, grep, unguarded, unsafe }: Context["flags"]): boolean {
  if (method !== undefined && route.method !== method.toUpperCase()) return false;
  if (unguarded && route.guards.length > 0) return false;
  if (unsafe && safeMethods.has(route.method)) return false;
  return grep === undefined || [route.path, route.name, route.place?.file].some((text) => text?.includes(grep) === true);
}

function toRow(route: RouteFacts, folder: string): Readonly<Record<string, string | undefined>> {
  const { method, path, name, guards, input, exceptions } = route;
  return {
    method,
    path,
    name,
    guard: guards.join(", "),
    input: input.join(", "),
    exceptions: exceptions.join("; "),
    at: toPlace(route, folder),
  };
}

function toPlace({ place }: RouteFacts, folder: string): string | undefined {
  if (place === undefined) return undefined;
  const shown = relative(folder, place.file);
  return `${shown.startsWith("..") ? place.file : shown}:${place.line}`;
}

function explain(
  { flags: { method }, project, print, table, report }: Context,
  path: string,
  find: (method: string, path: string) => RouteFacts | undefined,
  all: readonly RouteFacts[],
): object {
  if (!path.startsWith("/")) throw new GableError("E_COMMAND_USAGE", `--path "${path}" does not start with /.`);
  const methods = method === undefined ? [...new Set(all.map((route) => route.method))] : [method.toUpperCase()];
  const found = methods.map((each) => find(each, path)).filter((route) => route !== undefined);
  if (found.length > 0) {
    table(found.map((route) => toRow(route, project.folder)));
    return { path, routes: found, near: [] };
  }
  const near = all
    .map((route) => ({ method: route.method, path: route.path, why: whyNot(route, path) }))
    .sort((one, other) => other.why.shared - one.why.shared);
  const shown = near.slice(0, 5).map(({ why, ...route }) => ({ ...route, why: why.text }));
  report({ id: "routes.none", message: `No route takes ${path}.`, fix: "Compare it with the patterns below." });
  print("The nearest patterns:");
  table(shown);
  return { path, routes: [], near: shown };
}

/** Compares a pattern with a path, segment by segment. */
function whyNot(route: RouteFacts, path: string): { readonly shared: number; readonly text: string } {
  const wanted = route.path.split("/").slice(1);
  const given = path.split("/").slice(1);
  let shared = 0;
  for (const segment of wanted) {
    if (segment.startsWith("*")) return { shared, text: "its last part takes the rest, and something before it differs" };
    const word = given[shared];
    if (word === undefined) return { shared, text: `the path ends before "${segment}"` };
    if (!segment.startsWith(":") && segment !== word) return { shared, text: `"${word}" is not "${segment}"` };
    if (segment.includes("(") && /\(int\)/.test(segment) && !/^\d+$/.test(word)) return { shared, text: `"${word}" is not a whole number` };
    shared++;
  }
  return given.length > wanted.length
    ? { shared, text: `the path goes on with "${given[shared]}"` }
    : { shared, text: "another method, or a converter that refuses a part" };
}
