import type { Machine } from '../../progress/model.ts';

// How long a training takes here, from what this machine was measured to do.

/** Small matrices keep a machine less busy than the large ones that it was measured with, and the rest of a step is no product. */
const SHARE = 0.3;
/** Milliseconds of a step that do not depend on its size, for each layer: many small programs one after another. */
const LAYER = 0.35;
/** And of the step itself: the batch is chosen, the figures are read. */
const STEP = 1;
/** Measurements, samples and saving along the way. */
const BESIDES = 1.12;

/** Seconds of a training, by the operations of a step. */
export function secondsOf(
  { operations, nLayer, steps }: { operations: number; nLayer: number; steps: number },
  machine: Machine,
): number {
  const milliseconds = operations / (machine.gflops * 1e6 * SHARE) + LAYER * nLayer + STEP;
  return (BESIDES * milliseconds * steps) / 1000;
}

/** What a worker takes beside its tensors: the engine, its programs, and the text in tokens. */
const ENGINE_BYTES = 40e6;

export const memoryOf = (bytes: number, characters: number): number =>
  Math.round(bytes + ENGINE_BYTES + 12 * characters);

/** The most that WebAssembly can address: what is more does not fit. */
const MOST_BYTES = 4e9;
/** A training that takes longer than this is one for the terminal, or for the night. */
const LONG = 45 * 60;

export type Warning = 'doesNotFit' | 'tight' | 'long';

/** What is to be said before it begins. */
export function warningOf(seconds: number, bytes: number): Warning | null {
  if (bytes > MOST_BYTES) return 'doesNotFit';
  if (bytes > MOST_BYTES / 2) return 'tight';
  return seconds > LONG ? 'long' : null;
}
