/** A source of random numbers with a state that can be kept, so that what was paused goes on as if it had not been. */
export interface RandomNumbers {
  /** From 0 to 1, 1 excluded. */
  next(): number;
  /** Of the normal distribution. */
  normal(): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  /** The places from 0 to `count`, in random order. */
  order(count: number): number[];
  state(): number;
}

/** The same numbers for the same seed, everywhere (mulberry32). */
export function randomFrom(seed: number): RandomNumbers {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    below,
    order(count) {
      const places = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const other = below(i + 1);
        [places[i], places[other]] = [places[other] as number, places[i] as number];
      }
      return places;
    },
    state: () => state,
  };
}
