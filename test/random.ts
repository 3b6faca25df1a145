/** Numbers for tests that try many cases: the same seed gives the same cases. */

/** Returns a generator of whole numbers from 0 to 2^32 - 1 (mulberry32). */
export function createNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Returns a generator of whole numbers from 0 to `below - 1`. */
export function createRandom(seed: number): (below: number) => number {
  const next = createNumbers(seed);
  return (below) => next() % below;
}
