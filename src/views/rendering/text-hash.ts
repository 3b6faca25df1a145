/** Returns a short fingerprint of a string: equal strings have equal fingerprints. Not a secret and not a signature. */

/** 64 bits in base 36: two multiplicative hashes of 32 bits with different primes (Knuth, TAOCP 6.4), mixed at the end. */
export function hashText(text: string): string {
  let [high, low] = [0x9e3779b1, 0x85ebca77];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x27d4eb2f);
    low = Math.imul(low ^ code, 0x165667b1);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  high = Math.imul(high ^ (low >>> 16), 0x2c1b3c6d);
  low = Math.imul(low ^ (high >>> 15), 0x297a2d39);
  return (high >>> 0).toString(36).padStart(7, "0") + (low >>> 0).toString(36).padStart(7, "0");
}
