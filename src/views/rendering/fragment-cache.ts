/** Caches fragments of pages: `cached()` and `{% cache %}`. */
import { GableError } from "../../errors/gable-error.ts";
import { assertFunction, assertKnownOptions, describeValue, kindsOf } from "../../errors/option-errors.ts";
import { DelegatingContext } from "./delegating-context.ts";
import { Output } from "./output.ts";
import type { HtmlWriter } from "./output.ts";
import type { Fragment, FragmentOptions, FragmentStore } from "./fragment-store.ts";
import type { RenderContext } from "./render-context.ts";
import { Html } from "../values.ts";
import { splitAtNonce } from "./nonce-text.ts";
import { walkIn } from "./walk-context.ts";
import { isNonce, writeHtml } from "./write.ts";
import { joinSegments } from "./render.ts";
import { writtenHtml } from "./markup.ts";

/** What a fragment depends on besides its key. */
export type CacheVary = "user" | "request" | "csrf" | "flash";

/** Options for {@link cached}. */
export interface CachedOptions extends FragmentOptions {
  /** Parts of the request that the fragment reads: each combination of their values is cached separately. None by default. */
  readonly vary?: readonly CacheVary[];
}

/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | Date | null | undefined;

/** What identifies a cached fragment. */
export interface CacheFacts extends CachedOptions {
  readonly key: readonly CacheKeyPart[];
  /** Changes with the template. */
  readonly version?: string;
  /** The position in the source, for errors. */
  readonly where?: string;
}

const cachedNames = kindsOf<CachedOptions>({ ttlSeconds: "seconds", tags: "strings", vary: "strings" });

/** Replaces a nonce while a fragment is rendered: random, so that no user input can be mistaken for it. */
const nonceMark = `gable${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")}`;
const nonceAttribute = ` nonce="${nonceMark}"`;

/** A nonce has 128 random bits at least: 22 characters of base64. */
const nonceCharactersMin = 22;

/** Fragments that are being rendered, by store and key: one at a time for each key. */
const pending = new WeakMap<FragmentStore, Map<string, PendingFragment>>();

interface PendingFragment {
  readonly fragment: Promise<Fragment>;
  readonly tags: readonly string[];
}

/**
 * Renders markup once and then keeps it in the store of the application. The language is always part of the key. Name
 * what the fragment reads from the request in `vary`; otherwise it throws `E_VIEW_CACHE_KEY`. Without a store, it is
 * rendered each time.
 * @example
 * cached(["sidebar", site.id], { ttlSeconds: 300, tags: ["posts"] }, () => html`<aside>${latestPosts()}</aside>`);
 */
export function cached(key: CacheKeyPart | readonly CacheKeyPart[], options: CachedOptions, make: () => Html): Html {
  assertKnownOptions("cached()", options, cachedNames);
  assertFunction("cached()", make);
  const parts = Array.isArray(key) ? (key as readonly CacheKeyPart[]) : [key as CacheKeyPart]; // The check does not narrow read-only lists.
  return writtenHtml((out, body) => writeCached(out, body, { ...options, key: parts }, (inner, text) => writeHtml(inner, text, make())));
}

/** Writes a fragment: the cached one, or a new one that is then cached. */
export function writeCached(out: Output, body: string, facts: CacheFacts, write: HtmlWriter): string {
  const { context } = out;
  const store = isForOne(context, facts) ? undefined : context.fragments;
  const guarded = new GuardedContext(context, facts);
  const key = toFullKey(context, facts);
  // Without a store, nothing is cached, but fragments that must not be cached are still detected.
  const found = store?.share === undefined ? store?.get(key) : undefined;
  const fragment =
    found instanceof Promise
      ? found.then((known) => known ?? makeOnce(store, key, facts, guarded, write))
      : (found ?? makeOnce(store, key, facts, guarded, write));
  if (!(fragment instanceof Promise)) return joinFragment(out, body, fragment);
  return out.suspend(body, fragment, (later, text, settled) => joinFragment(later, text, settled as Fragment)); // What the promise resolved to.
}

function makeOnce(
  store: FragmentStore | undefined,
  key: string,
  facts: CacheFacts,
  guarded: GuardedContext,
  write: HtmlWriter,
): Fragment | Promise<Fragment> {
  // Values of a request whose client has left may be cut short.
  if (store === undefined || guarded.hasLeft) return make(guarded, write);
  const { ttlSeconds, tags } = facts;
  const options = { ...(ttlSeconds !== undefined && { ttlSeconds }), ...(tags !== undefined && { tags }) };
  // The store knows which of those who wait came before an invalidation.
  const shared = store.share?.(key, options, async () => make(guarded, write));
  if (shared !== undefined) return shared;
  const running = pending.get(store) ?? new Map<string, PendingFragment>();
  pending.set(store, running);
  // A fragment in a fragment waits for none: two could wait for each other.
  const known = guarded.isNested ? undefined : running.get(key);
  if (known !== undefined) return known.fragment;
  const made = make(guarded, write);
  const keep = (fragment: Fragment): Fragment | Promise<Fragment> => {
    const kept = store.set(key, fragment, options);
    return kept instanceof Promise ? kept.then(() => fragment) : fragment;
  };
  if (!(made instanceof Promise)) return keep(made);
  // If one of its tags is invalidated meanwhile, the entry is missing.
  const isCurrent = (): boolean => running.get(key) === own;
  const fragment = made.then((done) => (isCurrent() ? keep(done) : done)).finally(() => isCurrent() && running.delete(key));
  const own: PendingFragment = { fragment, tags: tags ?? [] };
  running.set(key, own);
  return fragment;
}

function make(guarded: GuardedContext, write: HtmlWriter): Fragment | Promise<Fragment> {
  const out = new Output(guarded);
  const body = walkIn(guarded, () => write(out, ""));
  if (out.segments === undefined) return toFragment(guarded.hideNonce(body));
  out.segments.push(body);
  return joinSegments(out.segments, guarded).then((text) => toFragment(guarded.hideNonce(text)));
}

/** Texts at even indexes; between them "attribute" for a whole nonce attribute, "value" for only its value. */
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

/** Whether a fragment has messages that only this visitor gets, once: a kept one would show them again. */
function isForOne(context: RenderContext, { vary = [] }: CacheFacts): boolean {
  return vary.includes("flash") && ![undefined, "null", "[]"].includes(JSON.stringify(context.flash));
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
  throw keyError(where, `part ${index} of its key is ${describeValue(part)}`, "Use a string, a number or a date, for example an ID.");
}

function toVaryPart(context: RenderContext, name: CacheVary, where: string | undefined): CacheKeyPart {
  switch (name) {
    case "user":
      return toUserPart(context.user, where);
    case "request":
      return toRequestPart(context.request, where);
    case "csrf":
      return context.csrf === undefined ? undefined : String(context.csrf());
    case "flash":
      return undefined; // With messages, nothing is kept.
    default:
      throw keyError(where, `vary has "${String(name)}"`, 'Use "user", "request", "csrf" or "flash".');
  }
}

function toUserPart(user: unknown, where: string | undefined): CacheKeyPart {
  if (user === null || user === undefined) return undefined;
  const id = typeof user === "object" && "id" in user ? user.id : user;
  if (typeof id === "string" || typeof id === "number" || typeof id === "bigint") return id;
  throw keyError(where, "the user has no id", "Leave the fragment out of the cache, or give users an id.");
}

/** Properties of a request that its method and address decide. The key has these, and a fragment reads no others. */
const addressed: ReadonlySet<string | symbol> = new Set("method url scheme authority path query params route absoluteUrl".split(" "));

function toRequestPart(request: unknown, where: string | undefined): CacheKeyPart {
  if (typeof request !== "object" || request === null) return request === undefined ? undefined : String(request);
  // The application's request, or that of another caller.
  const { method, url } = request as { readonly method?: unknown; readonly url?: unknown };
  if (url !== undefined) return `${String(method)} ${String(url)}`;
  throw keyError(where, "the request has no url", "Leave the fragment out of the cache, or give requests a url.");
}

function keyError(where: string | undefined, reason: string, fix: string): GableError {
  return new GableError("E_VIEW_CACHE_KEY", `${where ?? "cached()"}: a fragment cannot be cached: ${reason}.`, { fix });
}

/** The context of a cached fragment: without the nonce of this page, and only with what its key includes. */
class GuardedContext extends DelegatingContext {
  readonly #vary: readonly CacheVary[];
  readonly #where: string | undefined;

  constructor(context: RenderContext, { vary = [], where }: CacheFacts) {
    super(context);
    this.#vary = vary;
    this.#where = where;
  }

  /** Whether it is in another fragment. */
  get isNested(): boolean {
    return this.context instanceof GuardedContext;
  }

  /** Replaces the nonce of this page, where code has written it. Throws `E_VIEW_CACHE_KEY` for one in another form, such as escaped. */
  hideNonce(text: string): string {
    const { usedNonce } = this;
    if (usedNonce === undefined || usedNonce === "") return text;
    const written = text.replaceAll(` nonce="${usedNonce}"`, nonceAttribute);
    // A short one may be a word of the text; nobody has to guess it.
    const pieces = usedNonce.length < nonceCharactersMin ? [written] : splitAtNonce(written, usedNonce);
    if (pieces !== undefined) return pieces.join(nonceMark);
    throw keyError(
      this.#where,
      "it has the nonce of the page in another form",
      'Write it as nonce="...", or move the code out of the fragment.',
    );
  }

  #assertKnown(name: CacheVary): void {
    if (this.#vary.includes(name)) return;
    throw keyError(
      this.#where,
      `it reads "${name}", which is not part of its key`,
      `Add vary=["${name}"], or move the code that reads it out of the fragment.`,
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
    const { request } = this.context;
    if (typeof request !== "object" || request === null) return request;
    const where = this.#where;
    return new Proxy(request, {
      get(target, name) {
        if (addressed.has(name) || !(name in target)) return Reflect.get(target, name, target) as unknown; // Typed as any.
        throw keyError(
          where,
          `it reads "request.${String(name)}", and vary=["request"] has only the method and the address`,
          "Add the value to the key of the fragment, or move the code that reads it out of the fragment.",
        );
      },
    });
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

/** Default limit for the number of characters of all fragments together: 32 MiB as Latin 1. */
const charactersMax = 33_554_432;

interface Entry {
  readonly fragment: Fragment;
  readonly size: number;
  readonly expires: number;
  readonly tags: readonly string[];
}

/** Options for {@link MemoryFragments}. */
export interface MemoryFragmentsOptions {
  /** Maximum number of characters of all fragments together. Default 33,554,432. */
  readonly charactersMax?: number;
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
}

/** Keeps fragments in memory and evicts the least recently used. */
export class MemoryFragments implements FragmentStore {
  readonly #entries = new Map<string, Entry>();
  readonly #charactersMax: number;
  readonly #now: () => number;
  #characters = 0;

  constructor(options: MemoryFragmentsOptions = {}) {
    assertKnownOptions("MemoryFragments", options, { charactersMax: "whole", now: "function" });
    this.#charactersMax = options.charactersMax ?? charactersMax;
    this.#now = options.now ?? (() => Date.now());
  }

  /** Number of fragments. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns a fragment, unless it is unknown or expired; it counts as used. */
  get(key: string): Fragment | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#delete(key, entry);
    if (entry.expires <= this.#now()) return undefined;
    this.#add(key, entry);
    return entry.fragment;
  }

  /** Stores a fragment and evicts others to make room. A fragment above the total limit is not stored. */
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

  /** Drops all fragments with one of the tags. */
  invalidate(what: { readonly tags: readonly string[] }): void {
    assertKnownOptions("invalidate()", what, { tags: "strings" });
    const { tags } = what;
    const isDropped = (entry: { readonly tags: readonly string[] }): boolean => entry.tags.some((tag) => tags.includes(tag));
    for (const [key, entry] of this.#entries) if (isDropped(entry)) this.#delete(key, entry);
    const running = pending.get(this);
    for (const [key, entry] of running ?? []) if (isDropped(entry)) running?.delete(key);
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
