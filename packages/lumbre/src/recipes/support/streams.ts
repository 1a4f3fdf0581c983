import { Generator } from '../../tensor/generator.ts';

/** What draws for what: streams of one seed that have nothing to do with each other. */
const offsets = { model: 0, data: 2 ** 51, noise: 2 ** 50, evaluation: 2 ** 49, sample: 2 ** 52 } as const;

/** A generator for one purpose of a training. */
export const stream = (seed: number, purpose: keyof typeof offsets, number = 0): Generator =>
  new Generator((seed + offsets[purpose] + number) % Number.MAX_SAFE_INTEGER);
