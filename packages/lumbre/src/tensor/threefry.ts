import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';

/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a function from
 * a key and a counter, of two 32-bit words each, to two random words. It is made of additions, rotations and xors, so
 * it gives the same words on every device.
 */

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Keeps an all-zero key from giving an all-zero key schedule. */
const PARITY = 0x1bd11bda;

/** The operations on words that the cipher needs. */
interface Words<Word> {
  readonly add: (a: Word, b: Word) => Word;
  readonly addNumber: (a: Word, value: number) => Word;
  readonly xor: (a: Word, b: Word) => Word;
  readonly rotateLeft: (a: Word, count: number) => Word;
}

function encrypt<Word>(
  { add, addNumber, xor, rotateLeft }: Words<Word>,
  key: readonly [Word, Word, Word],
  counter: readonly [Word, Word],
): [Word, Word] {
  let left = add(counter[0], key[0]);
  let right = add(counter[1], key[1]);
  for (let block = 1; block <= 5; block++) {
    for (const count of rotations[(block - 1) % 2] as readonly number[]) {
      left = add(left, right);
      right = xor(rotateLeft(right, count), left);
    }
    left = add(left, key[block % 3] as Word);
    right = add(right, addNumber(key[(block + 1) % 3] as Word, block));
  }
  return [left, right];
}

/** The key with its third word, as `threefryNodes` takes it. */
export const extendKey = (low: number, high: number): [number, number, number] => [
  low | 0,
  high | 0,
  low ^ high ^ PARITY,
];

/** Two random words, as signed 32-bit integers, for one counter. */
export function threefry(
  key: readonly [number, number, number],
  counter: readonly [number, number],
): [number, number] {
  const words: Words<number> = {
    add: (a, b) => (a + b) | 0,
    addNumber: (a, value) => (a + value) | 0,
    xor: (a, b) => a ^ b,
    rotateLeft: (a, count) => (a << count) | (a >>> (32 - count)),
  };
  return encrypt(words, key, counter);
}

/**
 * Two random words for every element.
 * @param key three int32 nodes [1], the words of `extendKey`
 * @param counter int32 nodes [n] and [1]; the result is [n]
 */
export function threefryNodes(
  key: readonly [Node, Node, Node],
  counter: readonly [Node, Node],
): [Node, Node] {
  const spread = (a: Node) => build.expand(a, counter[0].shape);
  const words: Words<Node> = {
    // Sums of single words stay single until they meet an array.
    add: (a, b) => build.add(spread(a), spread(b)),
    addNumber: (a, value) => build.add(a, build.full(a, value)),
    xor: build.xor,
    rotateLeft: (a, count) => {
      const left = build.shl(a, build.full(a, count));
      return build.or(left, build.shr(a, build.full(a, 32 - count)));
    },
  };
  return encrypt(words, key, counter);
}
