/** Defines where fragments of pages are stored, and what is stored. */

/** A stored fragment: texts, and between them the positions of nonces, which are filled in each time it is shown. */
export type Fragment = readonly string[];

/** Options for how long a fragment is kept, and what invalidates it. */
export interface FragmentOptions {
  /** Seconds until it is rendered again. Without it, the fragment is kept until it is evicted or a tag is invalidated. */
  readonly ttlSeconds?: number;
  /** Names that can invalidate it. None by default. */
  readonly tags?: readonly string[];
}

/** A store of fragments. Methods may be asynchronous. */
export interface FragmentStore {
  /** Returns a fragment, unless it is unknown or expired. */
  get(key: string): Fragment | undefined | Promise<Fragment | undefined>;
  /**
   * Runs before a fragment is rendered, and returns what stores it. A store notes the state of the tags here, so that it
   * does not keep a fragment whose tag is invalidated while it is rendered. Without this method, `set` stores it.
   */
  prepare?(key: string, options: FragmentOptions): Promise<(fragment: Fragment) => void | Promise<void>>;
  /** Stores a fragment. */
  set(key: string, fragment: Fragment, options: FragmentOptions): void | Promise<void>;
}
