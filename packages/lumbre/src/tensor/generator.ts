import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { feedNode } from './feed.ts';
import { narrowNode } from './movement.ts';
import { extendKey, threefry, threefryNodes } from './threefry.ts';

/** All that a generator remembers. */
export interface GeneratorState {
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** How many times numbers have been drawn. */
  readonly offset: number;
}

const TWO_32 = 2 ** 32;

function checkSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `Generator: a seed is an integer from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}.`,
    );
  }
  return seed;
}

/** Words of a stream as seen by the host, in [0, 2^32). */
export type WordSource = () => number;

/**
 * A source of random numbers that is a function of a seed and of the number of draws so far: the same two give the same
 * numbers on every device, and a compiled function goes on counting at every replay. Each draw has up to 2^32 elements.
 */
export class Generator {
  #seed: number;
  #offset = 0;

  /** @param seed an integer from 0 to 2^53 - 1; another one each time unless given */
  constructor(seed: number = Math.floor(Math.random() * 2 ** 53)) {
    this.#seed = checkSeed(seed);
  }

  get seed(): number {
    return this.#seed;
  }

  /** Starts anew from a seed. */
  manualSeed(seed: number): this {
    this.#seed = checkSeed(seed);
    this.#offset = 0;
    return this;
  }

  /** What a checkpoint must keep to go on with the same numbers. */
  state(): GeneratorState {
    return { seed: this.#seed, offset: this.#offset };
  }

  /** Goes on from a state. @throws RangeError if it is none. */
  setState({ seed, offset }: GeneratorState): this {
    if (!Number.isInteger(offset) || offset < 0 || offset > TWO_32) {
      throw new RangeError(`Generator: an offset is an integer from 0 to 2^32, not ${offset}.`);
    }
    this.#seed = checkSeed(seed);
    this.#offset = offset;
    return this;
  }

  /** The key and the second counter word of a new draw. */
  #draw(): Int32Array {
    if (this.#offset >= TWO_32) {
      throw new RangeError('Generator: all 2^32 draws of this seed are used up; take another seed.');
    }
    const key = extendKey(this.#seed % TWO_32, Math.floor(this.#seed / TWO_32));
    return Int32Array.of(...key, this.#offset++);
  }

  /** Two random 32-bit words for each of `count` elements, drawn anew at each replay: int32 nodes [count]. */
  words(count: number, device: string): [Node, Node] {
    const fed = feedNode(() => this.#draw(), [4], 'int32', device);
    const [low, high, parity, draw] = [0, 1, 2, 3].map((i) => narrowNode(fed, 0, i, 1)) as [
      Node,
      Node,
      Node,
      Node,
    ];
    return threefryNodes([low, high, parity], [build.iota([count], 0), draw]);
  }

  /** The words of one draw, one after another, for algorithms that run on the host. */
  hostWords(): WordSource {
    const [low, high, parity, draw] = this.#draw() as unknown as [number, number, number, number];
    let element = 0;
    let spare: number | null = null;
    return () => {
      if (spare !== null) {
        const word = spare;
        spare = null;
        return word;
      }
      const [first, second] = threefry([low, high, parity], [element++, draw]);
      spare = second >>> 0;
      return first >>> 0;
    };
  }
}

/** What random functions draw from unless they are given a generator. */
export const defaultGenerator: Generator = new Generator();

/**
 * Seeds the default generator, and with it everything random that is given no generator of its own.
 * @param seed an integer from 0 to 2^53 - 1
 */
export const manualSeed = (seed: number): Generator => defaultGenerator.manualSeed(seed);
