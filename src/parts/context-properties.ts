/** Properties that parts add to the context: on the prototype of a class of the application, computed when something reads them. */
import { GableError } from "../errors/gable-error.ts";
import { toPlaceText } from "../errors/source-place.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { AnyPart, PartInstance } from "./part.ts";

/** Finds the running instance of a part. */
type FindInstance = (part: AnyPart) => PartInstance | undefined;

/** Adds the properties of parts to a prototype, and returns all names that the context has. Throws `E_PART_PROPERTY`. */
export function addContextProperties(
  prototype: object,
  parts: readonly AnyPart[],
  settings: { readonly reserved: ReadonlySet<string>; readonly find: FindInstance },
): ReadonlySet<string> {
  const owners = new Map<string, AnyPart>();
  for (const part of parts) {
    for (const [name, read] of Object.entries(part.properties ?? {})) {
      const owner = owners.get(name);
      if (owner !== undefined || settings.reserved.has(name)) throw propertyTaken(part, name, owner);
      owners.set(name, part);
      addProperty(prototype, name, (context) => {
        const instance = settings.find(part);
        if (instance === undefined) throw notRunning(part, name);
        // The instance is that of this very part.
        return read(context, instance as never);
      });
    }
  }
  return new Set([...settings.reserved, ...owners.keys()]);
}

/** Returns a property of a part that the request has read, for the tools of development; undefined when nothing has read it. */
export function peekProperty(context: object, name: string): unknown {
  const slot = Object.getOwnPropertySymbols(context).find(({ description }) => description === name);
  return slot === undefined ? undefined : (context as Readonly<Record<symbol, unknown>>)[slot]; // It has that symbol.
}

/** A getter that computes its value once per context, and keeps it in a slot. */
function addProperty(prototype: object, name: string, read: (context: AnyContext) => unknown): void {
  const slot = Symbol(name);
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: AnyContext & { [slot]?: unknown }) {
      if (!(slot in this)) this[slot] = read(this);
      return this[slot];
    },
  });
}

function propertyTaken(part: AnyPart, name: string, owner: AnyPart | undefined): GableError {
  const other =
    owner === undefined ? "the context has it already" : `the part "${owner.name}" (${toPlaceText(owner.place)}) has it already`;
  return new GableError("E_PART_PROPERTY", `The part "${part.name}" (${toPlaceText(part.place)}) cannot add context.${name}: ${other}.`);
}

function notRunning(part: AnyPart, name: string): GableError {
  return new GableError("E_CONTEXT_UNAVAILABLE", `context.${name} was read while the part "${part.name}" was not running.`, {
    fix: "Await app.start() before you send requests to app.listener.",
  });
}
