/** What an application is made of, for the command line and for tools: facts, not the things themselves. */
import type { NamedDatabaseOptions } from "../data/databases.ts";
import { toNamedDatabases } from "../data/part.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import type { SharedOptions } from "../handlers/handler.ts";
import type { RateOptions } from "../handlers/rate-options.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import type { AnyCheck } from "../parts/check.ts";
import type { Mode } from "../parts/mode.ts";
import { orderParts } from "../parts/order-parts.ts";
import { toViewOptions } from "../views/part.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import { findFeatures } from "./features.ts";
import { readEnvironment } from "./mode.ts";
import type { GableOptions } from "./options.ts";

/** A route. */
export interface RouteFacts {
  /** HTTP method. */
  readonly method: string;
  /** Whole pattern, with the prefixes of its groups. */
  readonly path: string;
  /** Name; undefined when it has none. */
  readonly name: string | undefined;
  /** Names of the guards, in the order in which they run. */
  readonly guards: readonly string[];
  /** Names of the middleware, the outermost first. */
  readonly middleware: readonly string[];
  /** Declared input: `query`, `form`, `json`, `files`. */
  readonly input: readonly string[];
  /** Protections that the route or its groups change, such as `crossSite: webhooks of the bank`. */
  readonly exceptions: readonly string[];
  /** Sources of the content security policy that the route or its group replaces; undefined for those of the application. */
  readonly csp: ContentSecurityPolicy | undefined;
  /** Security headers that the code of the handler or of a middleware names, in lower case: what they set wins over the default. */
  readonly ownHeaders: readonly string[];
  /** Rate limit of the route or its group; false if it has none on purpose, undefined for that of the application. */
  readonly rate: RateOptions | false | undefined;
  /** Other limits of the route and its groups, such as `bodyBytesMax`: those that replace limits of the application. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** File and line that define it. */
  readonly place: SourcePlace | undefined;
}

/** An application as facts. */
export interface ApplicationFacts {
  /** Mode. */
  readonly mode: Mode;
  /** Routes in the order of their definition. */
  readonly routes: readonly RouteFacts[];
  /** The models as they were given; undefined for an application without any. */
  readonly models: readonly object[] | Readonly<Record<string, unknown>> | undefined;
  /** Databases by name, as they will be opened. */
  readonly databases: Readonly<Record<string, NamedDatabaseOptions>>;
  /** Folders of the template files; undefined for an application without any. */
  readonly views: readonly string[] | undefined;
  /** Names of the features that the options turn on. */
  readonly features: readonly string[];
  /** Checks of its parts, and its own. */
  readonly checks: readonly AnyCheck[];
  /** The options as they were given. They can hold secrets: do not print them. */
  readonly options: Readonly<GableOptions>;
}

/** Returns the facts of an application. Nothing is opened. */
export function describeApplication(
  options: GableOptions,
  mode: Mode,
  routes: ReadonlyArray<Pick<CompiledRoute, "route" | "levels">>,
): ApplicationFacts {
  const { models, views } = options;
  return {
    mode,
    routes: routes.map(describeRoute),
    models,
    databases: models === undefined ? {} : toNamedDatabases(options, readEnvironment),
    views: views === undefined ? undefined : toViewOptions(views).directories,
    features: findFeatures(options).map(({ name }) => name),
    checks: [...orderParts([...findFeatures(options), ...(options.parts ?? [])]), { checks: options.checks?.add }].flatMap(
      ({ checks = [] }) => checks,
    ),
    options,
  };
}

/** Returns the facts of a compiled route. */
export function describeRoute({ route, levels }: Pick<CompiledRoute, "route" | "levels">): RouteFacts {
  const { options } = route;
  return {
    method: route.method,
    path: route.binding?.pattern ?? route.pattern,
    name: route.name,
    guards: levels.flatMap(({ guard }) => guard ?? []).map(nameOf),
    middleware: levels.flatMap(({ use }) => use ?? []).map(nameOf),
    input: (["query", "form", "files", "json"] as const).filter((kind) => options[kind] !== undefined),
    exceptions: levels.flatMap(({ security }) => describeExceptions(security)),
    csp: levels.findLast(({ security }) => security?.csp !== undefined)?.security?.csp,
    ownHeaders: findOwnHeaders([...("handler" in route ? [route.handler] : []), ...levels.flatMap(({ use }) => use ?? [])]),
    rate: levels.findLast(({ limits }) => limits?.rate !== undefined)?.limits?.rate,
    limits: Object.fromEntries(levels.flatMap(({ limits = {} }) => Object.entries(limits)).filter(([name]) => name !== "rate")),
    place: route.place,
  };
}

/** Headers that Gable sets for safety, and a handler may set otherwise. */
const securityHeaders: readonly string[] = [
  "content-security-policy",
  "x-content-type-options",
  "referrer-policy",
  "x-frame-options",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "permissions-policy",
  "strict-transport-security",
];

/** A header is set under its name, as a string or a key. What other functions set is not seen. */
function findOwnHeaders(functions: readonly unknown[]): readonly string[] {
  const code = functions
    .filter((each) => typeof each === "function")
    .map(String)
    .join("\n")
    .toLowerCase();
  return securityHeaders.filter((name) => ['"', "'", "`"].some((quote) => code.includes(quote + name + quote)));
}

function nameOf(value: { readonly name: string }): string {
  return value.name === "" ? "(anonymous)" : value.name;
}

function describeExceptions(security: SharedOptions["security"]): string[] {
  return Object.entries(security ?? {}).map(([name, value]: [string, unknown]) => {
    const reason =
      typeof value === "string" ? value : typeof value === "object" && value !== null && "allow" in value ? String(value.allow) : undefined;
    return reason === undefined ? name : `${name}: ${reason}`;
  });
}
