/** The class of the contexts of one application, with the properties that its parts add. */
import { GableError } from "../errors/gable-error.ts";
import { addContextProperties } from "../parts/context-properties.ts";
import type { AnyPart, PartInstance } from "../parts/part.ts";
import { RequestContext } from "./request-context.ts";

/** Properties of features that may be missing, and what to do then. */
const explanations: Readonly<Record<string, string>> = {
  session: "Enable sessions: gable({ session: {} }).",
  flash: "Enable sessions and flash messages: gable({ session: {} }).",
  user: "Accounts are not part of this version; a middleware<{ account: Account }>() can add your own.",
};

/** The class, and all names that its contexts have. */
export interface ContextClass {
  readonly Context: typeof RequestContext;
  readonly names: ReadonlySet<string>;
}

/** Creates the class of the contexts of an application. Throws `E_PART_PROPERTY`. */
export function createContextClass(parts: readonly AnyPart[], find: (part: AnyPart) => PartInstance | undefined): ContextClass {
  class ApplicationContext extends RequestContext {}
  const { prototype } = ApplicationContext;
  for (const [name, fix] of Object.entries(explanations)) addExplanation(prototype, name, fix);
  const reserved = new Set([...ownNames, ...Object.getOwnPropertyNames(RequestContext.prototype)]);
  const names = addContextProperties(prototype, parts, { reserved, find });
  return { Context: ApplicationContext, names: new Set([...names, ...Object.keys(explanations)]) };
}

/** Fields that each context has of its own. */
const ownNames: ReadonlyArray<keyof RequestContext> = ["raw", "services", "params", "route", "usedNonce", "isPersonal", "cors"];

/** A getter that says why a property is missing. A part that has the property replaces it. */
function addExplanation(prototype: object, name: string, fix: string): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get: () => {
      throw new GableError("E_CONTEXT_UNAVAILABLE", `context.${name} was read, and it is not enabled for this route.`, { fix });
    },
  });
}
