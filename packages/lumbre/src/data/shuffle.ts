import { Generator } from '../tensor/generator.ts';

const TWO_32 = 2 ** 32;

/** A function to an even integer distribution over [0, count), for counts up to 2^53. One draw of the generator. */
export function integersBelow(generator: Generator): (count: number) => number {
  const word = generator.hostWords();
  return (count) =>
    count <= TWO_32
      ? Math.floor((word() / TWO_32) * count)
      : Math.floor(((word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53) * count);
}

/** A seed that is a function of another one and of a number from 0 to 2^32 - 1, different for each. */
export function derivedSeed(seed: number, number: number): number {
  const word = new Generator(seed).setState({ seed, offset: number }).hostWords();
  return (word() >>> 11) * TWO_32 + word();
}

/** Fisher and Yates's shuffle, in place. One draw of the generator. */
export function shuffle<T extends Int32Array | unknown[]>(items: T, generator: Generator): T {
  const below = integersBelow(generator);
  const list = items as unknown[];
  for (let last = list.length - 1; last > 0; last--) {
    const other = below(last + 1);
    const kept = list[last];
    list[last] = list[other];
    list[other] = kept;
  }
  return items;
}

/** 0 to count - 1 in order. */
export const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** 0 to count - 1 in random order. */
export const permutation = (count: number, generator: Generator): Int32Array =>
  shuffle(range(count), generator);
