/** Pieces of pages that are kept: `cached()` and `{% cache %}`. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { DelegatingContext } from "./delegating-context.ts";
import { Output } from "./output.ts";
import type { HtmlWriter } from "./output.ts";
import type { Fragment, FragmentOptions, FragmentStore } from "./fragment-store.ts";
import type { RenderContext } from "./render-context.ts";
import { Html } from "../values.ts";
import { walkIn } from "./walk-context.ts";
import { isNonce, writeHtml } from "./write.ts";
import { joinSegments } from "./render.ts";
import { writtenHtml } from "./markup.ts";

/** What a piece depends on beside its key. */
export type CacheVary = "user" | "request" | "csrf" | "flash";

/** Options of {@link cached}. */
export interface CachedOptions extends FragmentOptions {
  /** Parts of the request that the piece reads: each of their values has a piece of its own. None by default. */
  readonly vary?: readonly CacheVary[];
}

/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | Date | null | undefined;

/** What a cached piece is known by. */
export interface CacheFacts extends CachedOptions {
  readonly key: readonly CacheKeyPart[];
  /** Changes with the template. */
  readonly version?: string;
  /** The place in the source, for errors. */
  readonly where?: string;
}

/** Stands for a nonce while a piece is made: random, so that no value of a user can be taken for it. */
const nonceMark = `gable${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")}`;
const nonceAttribute = ` nonce="${nonceMark}"`;

/** Pieces that are being made, by store and key: one at a time for each key. */
const pending = new WeakMap<FragmentStore, Map<string, Promise<Fragment>>>();

/**
 * Markup that is made once and then kept in the store of the application. The language is always a part of the key.
 * What the piece reads of the request must be named in `vary`, else `E_VIEW_CACHE_KEY`. Without a store it is made each time.
 *
 * @example
 * cached(["sidebar", site.id], { ttlSeconds: 300, tags: ["posts"] }, () => html`<aside>${latestPosts()}</aside>`);
 */
export function cached(key: CacheKeyPart | readonly CacheKeyPart[], options: CachedOptions, make: () => Html): Html {
  const parts = Array.isArray(key) ? (key as readonly CacheKeyPart[]) : [key as CacheKeyPart]; // The check does not narrow read-only lists.
  return writtenHtml((out, body) => writeCached(out, body, { ...options, key: parts }, (inner, text) => writeHtml(inner, text, make())));
}

/** Writes a piece: the kept one, or a new one that is kept. */
export function writeCached(out: Output, body: string, facts: CacheFacts, write: HtmlWriter): string {
  const { context } = out;
  const store = context.fragments;
  const guarded = new GuardedContext(context, facts);
  const key = toFullKey(context, facts);
  // Without a store nothing is kept, and what must not be kept is found all the same.
  const found = store?.get(key);
  const fragment =
    found instanceof Promise
      ? found.then((known) => known ?? makeOnce(store, key, facts, guarded, write))
      : (found ?? makeOnce(store, key, facts, guarded, write));
  if (!(fragment instanceof Promise)) return joinFragment(out, body, fragment);
  return out.suspend(body, fragment, (later, text, settled) => joinFragment(later, text, settled as Fragment)); // What was promised.
}

function makeOnce(
  store: FragmentStore | undefined,
  key: string,
  facts: CacheFacts,
  guarded: GuardedContext,
  write: HtmlWriter,
): Fragment | Promise<Fragment> {
  if (store === undefined) return make(guarded, write);
  const running = pending.get(store) ?? new Map<string, Promise<Fragment>>();
  pending.set(store, running);
  const known = running.get(key);
  if (known !== undefined) return known;
  const made = make(guarded, write);
  const keep = (fragment: Fragment): Fragment | Promise<Fragment> => {
    const { ttlSeconds, tags } = facts;
    const kept = store.set(key, fragment, { ...(ttlSeconds !== undefined && { ttlSeconds }), ...(tags !== undefined && { tags }) });
    return kept instanceof Promise ? kept.then(() => fragment) : fragment;
  };
  if (!(made instanceof Promise)) return keep(made);
  const done = made.then(keep).finally(() => running.delete(key));
  running.set(key, done);
  return done;
}

function make(guarded: GuardedContext, write: HtmlWriter): Fragment | Promise<Fragment> {
  const out = new Output(guarded);
  const body = walkIn(guarded, () => write(out, ""));
  if (out.segments === undefined) return toFragment(body);
  out.segments.push(body);
  return joinSegments(out.segments, guarded).then(toFragment);
}

/** Texts at even places; between them "attribute" for a whole nonce attribute, "value" for its value alone. */
function toFragment(text: string): Fragment {
  const parts: string[] = [];
  for (const [index, piece] of text.split(nonceAttribute).entries()) {
    if (index > 0) parts.push("attribute");
    for (const [inner, rest] of piece.split(nonceMark).entries()) {
      if (inner > 0) parts.push("value");
      parts.push(rest);
    }
  }
  return parts;
}

function joinFragment({ context }: Output, body: string, fragment: Fragment): string {
  let text = body + fragment[0]!;
  for (let index = 1; index < fragment.length; index += 2) {
    const { nonce } = context;
    if (nonce !== undefined && isNonce(nonce)) text += fragment[index] === "attribute" ? ` nonce="${nonce}"` : nonce;
    text += fragment[index + 1]!;
  }
  return text;
}

/** Length and text of each part: no two lists of parts have one key. */
function toFullKey(context: RenderContext, { key, vary = [], version = "", where }: CacheFacts): string {
  const parts: CacheKeyPart[] = [
    version,
    context.locale ?? "en",
    context.timeZone ?? "UTC",
    context.isOwnOriginAllowed === true,
    context.options?.mustache ?? "keep",
    context.options?.raw ?? "any",
    key.length,
    ...key,
  ];
  for (const name of vary) parts.push(name, toVaryPart(context, name, where));
  return parts.map((part, index) => toKeyPart(part, index, where)).join("");
}

function toKeyPart(part: unknown, index: number, where: string | undefined): string {
  if (part === null || part === undefined) return "-";
  const text = part instanceof Date ? part.toISOString() : String(part);
  if (["string", "number", "bigint", "boolean"].includes(typeof part) || part instanceof Date)
    return `${(typeof part)[0]}${text.length}:${text}`;
  throw keyError(where, `part ${index} of its key is ${describeValue(part)}`, "Use a text, a number or a date, such as an id.");
}

function toVaryPart(context: RenderContext, name: CacheVary, where: string | undefined): CacheKeyPart {
  switch (name) {
    case "user":
      return toUserPart(context.user, where);
    case "request":
      return context.request === undefined ? undefined : toRequestPart(context.request);
    case "csrf":
      return context.csrf === undefined ? undefined : String(context.csrf());
    case "flash":
      return JSON.stringify(context.flash);
    default:
      throw keyError(where, `vary has "${String(name)}"`, 'Use "user", "request", "csrf" or "flash".');
  }
}

function toUserPart(user: unknown, where: string | undefined): CacheKeyPart {
  if (user === null || user === undefined) return undefined;
  const id = typeof user === "object" && "id" in user ? user.id : user;
  if (typeof id === "string" || typeof id === "number" || typeof id === "bigint") return id;
  throw keyError(where, "the user has no id", "Leave the piece out of the cache, or give users an id.");
}

function toRequestPart(request: unknown): string {
  // The application's request; other fronts may give a text.
  const { url } = typeof request === "object" && request !== null ? (request as { url?: unknown }) : { url: request };
  return String(url);
}

function keyError(where: string | undefined, reason: string, fix: string): GableError {
  return new GableError("E_VIEW_CACHE_KEY", `${where ?? "cached()"}: a piece cannot be kept: ${reason}.`, { fix });
}

/** The context of a piece that is kept: without the nonce of this page, and only with what its key knows. */
class GuardedContext extends DelegatingContext {
  readonly #vary: readonly CacheVary[];
  readonly #where: string | undefined;

  constructor(context: RenderContext, { vary = [], where }: CacheFacts) {
    super(context);
    this.#vary = vary;
    this.#where = where;
  }

  #assertKnown(name: CacheVary): void {
    if (this.#vary.includes(name)) return;
    throw keyError(
      this.#where,
      `it reads "${name}", which its key does not know`,
      `Add vary=["${name}"], or move what reads it out of the piece.`,
    );
  }

  override get nonce(): string {
    return nonceMark;
  }

  override get user(): unknown {
    this.#assertKnown("user");
    return super.user;
  }

  override get request(): unknown {
    this.#assertKnown("request");
    return super.request;
  }

  override get flash(): unknown {
    this.#assertKnown("flash");
    return super.flash;
  }

  override get csrf(): RenderContext["csrf"] {
    this.#assertKnown("csrf");
    return super.csrf;
  }

  override get query(): RenderContext["query"] {
    this.#assertKnown("request");
    return super.query;
  }
}

/** Largest number of characters of all pieces together, by default: 32 MiB as Latin 1. */
const charactersMax = 33_554_432;

interface Entry {
  readonly fragment: Fragment;
  readonly size: number;
  readonly expires: number;
  readonly tags: readonly string[];
}

/** Options of {@link MemoryFragments}. */
export interface MemoryFragmentsOptions {
  /** Largest number of characters of all pieces together. Default 33,554,432. */
  readonly charactersMax?: number;
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
}

/** Pieces in memory: those that were used longest ago make room. */
export class MemoryFragments implements FragmentStore {
  readonly #entries = new Map<string, Entry>();
  readonly #charactersMax: number;
  readonly #now: () => number;
  #characters = 0;

  constructor(options: MemoryFragmentsOptions = {}) {
    this.#charactersMax = options.charactersMax ?? charactersMax;
    this.#now = options.now ?? Date.now;
  }

  /** Number of pieces. */
  get size(): number {
    return this.#entries.size;
  }

  /** A piece, unless it is unknown or too old; it counts as used. */
  get(key: string): Fragment | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#delete(key, entry);
    if (entry.expires <= this.#now()) return undefined;
    this.#add(key, entry);
    return entry.fragment;
  }

  /** Keeps a piece; others make room for it. One that is longer than all may be together is not kept. */
  set(key: string, fragment: Fragment, { ttlSeconds, tags = [] }: FragmentOptions): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#delete(key, before);
    const size = fragment.reduce((sum, part) => sum + part.length, key.length);
    if (size > this.#charactersMax) return;
    this.#add(key, { fragment, size, tags, expires: ttlSeconds === undefined ? Infinity : this.#now() + ttlSeconds * 1000 });
    for (const [oldest, entry] of this.#entries) {
      if (this.#characters <= this.#charactersMax) break;
      this.#delete(oldest, entry);
    }
  }

  /** Drops all pieces with one of the tags. */
  invalidate({ tags }: { readonly tags: readonly string[] }): void {
    for (const [key, entry] of this.#entries) if (entry.tags.some((tag) => tags.includes(tag))) this.#delete(key, entry);
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#characters += entry.size;
  }

  #delete(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#characters -= entry.size;
  }
}
