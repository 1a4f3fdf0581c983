/**
 * A small seeded generator for the stories: Tommy Ettinger's mulberry32, 32 bits of state, period 2^32.
 * The stories need a generator of their own, so that a corpus stays the same text whatever becomes of the tensors'.
 *
 * @returns a function that gives the next number, uniform in [0, 1), each time it is called.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The 32-bit FNV-1a hash of a string's UTF-16 units, then the finalizer of MurmurHash3, which spreads it over
 * all bits: FNV alone leaves the last characters in the low bits.
 */
export function hashString(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
