/** Notes what a request reads of its visitor, for routes whose replies are stored. Other routes use the context as it is. */
import type { HeaderReader } from "../http/header-table.ts";
import { RequestContext } from "./request-context.ts";

/** What a route declares, so that its stored replies may depend on it. */
export interface DeclaredReads {
  /** Whether the query has a schema. */
  readonly hasQuery: boolean;
  /** Names of header fields, in lower case. */
  readonly fields: ReadonlySet<string>;
}

/** What a request has read of its visitor. */
export class VisitorReads {
  readonly declared: DeclaredReads;
  /** The first thing that was read and not declared; undefined while there is none. */
  first: string | undefined;
  /** Whether it can learn that its client leaves. */
  hasSignal = false;

  constructor(declared: DeclaredReads) {
    this.declared = declared;
  }

  note(what: string): void {
    this.first ??= what;
  }
}

/** Entries end with their contexts. */
const watched = new WeakMap<object, VisitorReads>();
/** Prototypes whose getters take notes, by the prototype of the contexts of an application. */
const prototypes = new WeakMap<object, object>();

/**
 * Properties that are the same for everybody, that are part of the key of a stored reply, or that only the framework reads. Everything
 * else counts as read of the visitor, also what parts add.
 */
const shared: ReadonlySet<string> = new Set(
  ["method path scheme authority absoluteUrl view asset log afterReply reply nonce", "input setCookies hooks draft"].flatMap((names) =>
    names.split(" "),
  ),
);
/** Properties that throw until a part replaces them. */
const missing: ReadonlySet<string> = new Set(["session", "flash", "user"]);

/** Begins to take notes of what a request reads. */
export function watchVisitor(context: RequestContext, declared: DeclaredReads): VisitorReads {
  const base: object = Object.getPrototypeOf(context);
  let prototype = prototypes.get(base);
  if (prototype === undefined) prototypes.set(base, (prototype = createWatched(base)));
  const reads = new VisitorReads(declared);
  watched.set(context, reads);
  Object.setPrototypeOf(context, prototype);
  return reads;
}

/** Returns the notes of a request that is watched. */
export function findReads(context: object): VisitorReads | undefined {
  return watched.get(context);
}

function createWatched(base: object): object {
  const getters: PropertyDescriptorMap = {};
  // Prototypes of a context are objects until Object.prototype.
  for (let each = base; each !== Object.prototype; each = Object.getPrototypeOf(each) as object) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (get === undefined || shared.has(name) || Object.hasOwn(getters, name)) continue;
      if (each === RequestContext.prototype && missing.has(name)) continue;
      getters[name] = { configurable: true, enumerable: true, get: watchGetter(name, get) };
    }
  }
  return Object.create(base, getters) as object; // Typed as any.
}

function watchGetter(name: string, read: () => unknown): (this: RequestContext) => unknown {
  if (name === "headers")
    return function headers() {
      return new WatchedHeaders(this.ownRaw().headers, watched.get(this)!);
    };
  if (name === "query")
    return function query() {
      const reads = watched.get(this)!;
      if (!reads.declared.hasQuery) reads.note("context.query was read, and the route declares no query");
      return read.call(this);
    };
  if (name === "signal")
    return function signal() {
      watched.get(this)!.hasSignal = true;
      return read.call(this);
    };
  const note = notes[name] ?? `context.${name} was read`;
  return function watchedProperty() {
    watched.get(this)!.note(note);
    return read.call(this);
  };
}

const notes: Readonly<Record<string, string>> = {
  markPersonal: "context.markPersonal() was called",
  beforeReply: "context.beforeReply() was called",
  redirectBack: "context.redirectBack() was called",
};

/** Header fields of a request that note which of them are read. */
class WatchedHeaders implements HeaderReader {
  readonly #headers: HeaderReader;
  readonly #reads: VisitorReads;

  constructor(headers: HeaderReader, reads: VisitorReads) {
    this.#headers = headers;
    this.#reads = reads;
  }

  get(name: string): string | null {
    this.#note(name);
    return this.#headers.get(name);
  }

  has(name: string): boolean {
    this.#note(name);
    return this.#headers.has(name);
  }

  all(name: string): string[] {
    this.#note(name);
    return this.#headers.all(name);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    this.#reads.note("all header fields were read");
    return this.#headers[Symbol.iterator]();
  }

  #note(name: string): void {
    if (!this.#reads.declared.fields.has(String(name).toLowerCase())) this.#reads.note(`the header field ${name} was read`);
  }
}
