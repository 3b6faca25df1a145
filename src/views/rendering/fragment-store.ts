/** Where pieces of pages are kept, and what is kept of one. */

/** A kept piece: texts, and between them the places of nonces, which are filled anew each time it is shown. */
export type Fragment = readonly string[];

/** How long a piece is kept, and what makes it void. */
export interface FragmentOptions {
  /** Seconds until it is made again. Without it, it is kept until its place is needed or a tag is invalidated. */
  readonly ttlSeconds?: number;
  /** Names under which it can be made void. None by default. */
  readonly tags?: readonly string[];
}

/** Where pieces are kept. Methods may be asynchronous. */
export interface FragmentStore {
  /** A piece, unless it is unknown or too old. */
  get(key: string): Fragment | undefined | Promise<Fragment | undefined>;
  /** Keeps a piece. */
  set(key: string, fragment: Fragment, options: FragmentOptions): void | Promise<void>;
}
