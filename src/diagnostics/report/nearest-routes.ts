/** Finds the routes that are nearest to an address without a route, and why each of them did not match. */
import { editDistance } from "../../errors/nearest-name.ts";
import type { ParamSegment, Segment } from "../../routing/pattern.ts";
import type { Route } from "../../routing/route.ts";
import { hasSlash, splitParams } from "../../routing/split-params.ts";
import { toPlaceText } from "../../errors/source-place.ts";
import type { RouteMiss } from "./report-types.ts";
import { capText } from "./plain-value.ts";

/** An address that no route takes. */
interface Address {
  readonly method: string;
  /** Path, still percent-encoded. */
  readonly path: string;
}

const routesMax = 8;
/** What the kinds of differences cost. The routes with the lowest cost are the nearest. */
const cost = { similar: 1, value: 1, method: 0.5, length: 2, other: 4 } as const;

interface Miss {
  readonly cost: number;
  readonly reason: string;
}

/** Returns the nearest routes, the nearest first. */
export function findNearestRoutes({ method, path }: Address, routes: readonly Route[]): RouteMiss[] {
  const parts = path.slice(1).split("/").map(decode);
  return routes
    .map((route) => ({ route, miss: compare(parts, method, route) }))
    .sort((first, second) => first.miss.cost - second.miss.cost)
    .slice(0, routesMax)
    .map(({ route, miss }) => ({
      method: route.method,
      pattern: route.binding?.pattern ?? route.pattern,
      reason: miss.reason,
      place: route.place === undefined ? "" : toPlaceText(route.place),
    }));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(parts: readonly string[], method: string, route: Route): Miss {
  const segments = route.binding?.segments ?? [];
  const misses: Miss[] = [];
  const rest = segments.findIndex(({ kind }) => kind === "rest");
  const least = segments.filter((segment) => segment.kind === "literal" || !segment.isOptional).length;
  const isLengthWrong = parts.length < least || (rest === -1 && parts.length > segments.length);
  segments.forEach((segment, index) => {
    const miss = index < parts.length ? compareSegment(segment, parts[index]!) : undefined;
    if (miss !== undefined) misses.push(miss);
  });
  if (isLengthWrong)
    misses.push({
      cost: cost.length * Math.abs(segments.length - parts.length),
      reason: `it has ${count(segments.length)}, the path has ${parts.length}`,
    });
  if (misses.length === 0) misses.push({ cost: cost.method, reason: `it takes ${route.method}, not ${method}` });
  return { cost: misses.reduce((sum, miss) => sum + miss.cost, 0), reason: misses.map(({ reason }) => reason).join("; ") };
}

function count(segments: number): string {
  return `${segments} ${segments === 1 ? "segment" : "segments"}`;
}

function compareSegment(segment: Segment, part: string): Miss | undefined {
  if (segment.kind === "rest") return undefined;
  const shown = capText(part, 60);
  if (segment.kind === "literal") {
    if (segment.text === part) return undefined;
    const distance = editDistance(segment.text.toLowerCase(), part.slice(0, 100).toLowerCase());
    const isSimilar = distance <= Math.max(2, Math.floor(segment.text.length / 3));
    return { cost: isSimilar ? cost.similar : cost.other, reason: `"${shown}" is not "${segment.text}"` };
  }
  if (!part.startsWith(segment.prefix)) return { cost: cost.other, reason: `"${shown}" does not begin with "${segment.prefix}"` };
  const shape =
    segment.prefix + segment.params.map(({ name, type, after }) => `:${name}${type === "" ? "" : `(${type})`}${after}`).join("");
  return isAccepted(segment, part) ? undefined : { cost: cost.value, reason: `"${shown}" does not fit ${shape}` };
}

function isAccepted(segment: ParamSegment, text: string): boolean {
  try {
    return splitParams(segment, text, !hasSlash(text)) !== undefined;
  } catch {
    // A converter of the application may throw.
    return false;
  }
}
