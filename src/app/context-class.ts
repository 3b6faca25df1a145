/** The class of the contexts of one application, with the properties that its parts add. */
import { addContextProperties } from "../parts/context-properties.ts";
import type { AnyPart, PartInstance } from "../parts/part.ts";
import { RequestContext } from "./request-context.ts";

/** Properties of features that may be missing: they explain themselves until a part replaces them. */
const replaceable: ReadonlySet<string> = new Set(["session", "flash", "user"]);

/** The class, and all names that its contexts have. */
export interface ContextClass {
  readonly Context: typeof RequestContext;
  readonly names: ReadonlySet<string>;
}

/** Creates the class of the contexts of an application. Throws `E_PART_PROPERTY`. */
export function createContextClass(parts: readonly AnyPart[], find: (part: AnyPart) => PartInstance | undefined): ContextClass {
  const prototypeNames = Object.getOwnPropertyNames(RequestContext.prototype);
  const reserved = new Set([...ownNames, ...prototypeNames.filter((name) => !replaceable.has(name))]);
  // A subclass would cost each request a second constructor.
  const hasProperties = parts.some(({ properties }) => properties !== undefined);
  const Context = hasProperties ? class ApplicationContext extends RequestContext {} : RequestContext;
  const names = addContextProperties(Context.prototype, parts, { reserved, find });
  return { Context, names: new Set([...names, ...replaceable]) };
}

/** Fields of each context object. */
const ownNames: ReadonlyArray<keyof RequestContext> = [
  "services",
  "params",
  "route",
  "usedNonce",
  "isPersonal",
  "cors",
  "startedMs",
  "queryCount",
];
