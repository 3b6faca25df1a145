/** Hides secrets in paths, such as the token of a link that resets a password, for logs and traces. */
import { secretMark } from "../errors/secret-redactor.ts";
import { isSecretName } from "../errors/secret-names.ts";
import type { Segment } from "./pattern.ts";
import { expandOptional, paramNamesOf } from "./pattern.ts";
import type { Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";

/** Finds routes. */
type Routes = Pick<RouteTable<unknown>, "entries" | "find" | "findFolder">;

/** A path that a route with a secret stands for. */
interface SecretPath {
  readonly route: Route;
  readonly segments: readonly Segment[];
  /** The path before its first parameter, decoded. */
  readonly prefix: string;
}

/** Replaces the values of parameters whose names look like those of secrets. */
export class SecretPaths {
  readonly #routes: Routes;
  #known: readonly SecretPath[] = [];
  #routeCount = 0;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  /** Returns an encoded path without secrets. A path that no route takes is compared with the routes of all methods. */
  hide(method: string, path: string): string {
    this.#update();
    if (this.#known.length === 0) return path;
    const decoded = decode(path);
    const near = this.#known.filter(({ prefix }) => decoded.startsWith(prefix));
    if (near.length === 0) return path;
    const match = this.#routes.find(method, path) ?? this.#routes.findFolder(method, path);
    const possible = match === undefined ? near : near.filter(({ route }) => route === match.entry.route);
    return possible.reduce(hideIn, path);
  }

  /** Routes can be added until the application starts. */
  #update(): void {
    const { entries } = this.#routes;
    if (entries.length === this.#routeCount) return;
    this.#routeCount = entries.length;
    this.#known = entries.flatMap(({ route }) => findSecretPaths(route));
  }
}

function findSecretPaths(route: Route): readonly SecretPath[] {
  const variants = expandOptional(route.binding?.segments ?? []).filter((segments) => segments.some(isSecret));
  return variants.map((segments) => {
    const literals = segments.slice(
      0,
      segments.findIndex(({ kind }) => kind !== "literal"),
    );
    return { route, segments, prefix: `${literals.map((segment) => `/${textOf(segment)}`).join("")}/` };
  });
}

function isSecret(segment: Segment): boolean {
  return paramNamesOf(segment).some(isSecretName);
}

function textOf(segment: Segment): string {
  return segment.kind === "literal" ? segment.text : "";
}

/** Other parameters of the same segment are hidden with the secret one. */
function hideIn(path: string, { segments }: SecretPath): string {
  // A slash at the end leads to the path without it.
  const parts = path.slice(1).replace(/\/$/, "").split("/");
  const hasRest = segments.at(-1)?.kind === "rest";
  if (hasRest ? parts.length < segments.length : parts.length !== segments.length) return path;
  if (segments.some((segment, index) => segment.kind === "literal" && decode(parts[index]!) !== segment.text)) return path;
  const shown = segments.flatMap((segment, index) => {
    if (isSecret(segment)) return [secretMark];
    return segment.kind === "rest" ? parts.slice(index) : [parts[index]!];
  });
  return `/${shown.join("/")}${path.endsWith("/") ? "/" : ""}`;
}

function decode(text: string): string {
  try {
    return text.includes("%") ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}
