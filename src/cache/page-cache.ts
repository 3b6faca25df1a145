/** Whole replies of routes in a cache: one request makes a reply, all others get it. */
import type { CacheKey, CacheKeyPart } from "./cache-key.ts";
import { toStoreKey } from "./cache-key.ts";
import type { StoreCache } from "./cache.ts";
import type { StoredPage } from "./stored-page.ts";

/** Where a reply is stored, and for how long. */
export interface PagePlace {
  /** Method and pattern of the route. */
  readonly label: string;
  /** Everything that the reply may depend on. */
  readonly key: readonly CacheKeyPart[];
  readonly storeSeconds: number;
  readonly tags: readonly string[];
}

/** A request that can make the reply. */
export interface PageMaker {
  /** Makes the reply; undefined when it is not stored. */
  make(): Promise<StoredPage | undefined>;
  /** Whether the client has left, so that an error says nothing about the reply. */
  hasLeft(): boolean;
}

/** Most replies that one process stores for a route. The one that was used longest ago makes room. */
const variantsMax = 1_000;
/** How long requests for a reply that was not stored run side by side, instead of waiting for each other. */
const passMs = 10_000;

/** The stored replies of an application. */
export class PageCache {
  readonly #cache: StoreCache;
  readonly #now: () => number;
  readonly #routes = new Map<string, RouteVariants>();

  constructor(cache: StoreCache, now: () => number = Date.now) {
    this.#cache = cache;
    this.#now = now;
  }

  /**
   * Returns the stored reply of a place. Without one, one request at a time makes it, and it is stored. The result is undefined for a
   * request whose reply was not stored, and for those that waited for it: each of them makes its own.
   */
  async share({ label, key, storeSeconds, tags }: PagePlace, maker: PageMaker): Promise<StoredPage | undefined> {
    const variants = this.#variantsOf(label);
    const name = toStoreKey([label, ...key]);
    const options = { ttlSeconds: storeSeconds, tags };
    while (!variants.isPassed(name, this.#now())) {
      let isMine = false;
      const page = await this.#cache.share(toKey(name), options, () => {
        isMine = true;
        return this.#make(variants, name, maker);
      });
      if (page !== undefined) await this.#use(variants, name);
      // When the client of the request that made it has left, another request makes it.
      if (page !== undefined || isMine) return page;
    }
    const found = await this.#cache.find<StoredPage>(toKey(name));
    if (found !== undefined) return found;
    const keep = await this.#cache.prepare(options);
    const page = await this.#make(variants, name, maker);
    if (page === undefined) return undefined;
    await keep(toKey(name), page);
    await this.#use(variants, name);
    return page;
  }

  async #make(variants: RouteVariants, name: string, maker: PageMaker): Promise<StoredPage | undefined> {
    let page: StoredPage | undefined;
    try {
      page = await maker.make();
      return page;
    } finally {
      if (page !== undefined) variants.unpass(name);
      else if (!maker.hasLeft()) variants.pass(name, this.#now() + passMs);
    }
  }

  /** Notes that a reply was used, and drops the one that was used longest ago when there are too many. */
  async #use(variants: RouteVariants, name: string): Promise<void> {
    const oldest = variants.use(name);
    // A store that does not answer drops it in its time.
    if (oldest !== undefined) await this.#cache.delete(toKey(oldest)).catch(() => undefined);
  }

  #variantsOf(label: string): RouteVariants {
    let variants = this.#routes.get(label);
    if (variants === undefined) this.#routes.set(label, (variants = new RouteVariants()));
    return variants;
  }
}

/** What this process knows of the replies of one route. */
class RouteVariants {
  /** Names of stored replies, the one that was used longest ago first. */
  readonly #used = new Set<string>();
  /** Until when a name is passed, in ms. */
  readonly #passed = new Map<string, number>();

  /** Notes a use, and returns the name that has to go. */
  use(name: string): string | undefined {
    this.#used.delete(name);
    this.#used.add(name);
    return this.#used.size > variantsMax ? takeFirst(this.#used) : undefined;
  }

  isPassed(name: string, nowMs: number): boolean {
    const untilMs = this.#passed.get(name);
    return untilMs !== undefined && nowMs < untilMs;
  }

  pass(name: string, untilMs: number): void {
    this.#passed.delete(name);
    this.#passed.set(name, untilMs);
    if (this.#passed.size > variantsMax) takeFirst(this.#passed);
  }

  unpass(name: string): void {
    this.#passed.delete(name);
  }
}

function takeFirst(names: Set<string> | Map<string, number>): string {
  const [first] = names.keys();
  names.delete(first!);
  return first!;
}

/** A list: no string that a program takes from its visitors equals it. */
function toKey(name: string): CacheKey {
  return ["gable.page", name];
}
