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
   * Returns a fragment, and renders and stores it when it is unknown or expired. A store that processes share renders it in one of them
   * here, and does not keep it if one of its tags is invalidated meanwhile. Without this method, `get` and `set` are called.
   */
  share?(key: string, options: FragmentOptions, make: () => Promise<Fragment>): Promise<Fragment>;
  /** Stores a fragment. */
  set(key: string, fragment: Fragment, options: FragmentOptions): void | Promise<void>;
}
