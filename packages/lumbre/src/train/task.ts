import type { Picture } from '../data/index.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Parts } from './state.ts';

/** Figures by name: `{ loss: 1.3, gradNorm: 0.4 }`. */
export type Metrics = Readonly<Record<string, number>>;

/** What a model made on the way, to be read, looked at or listened to. */
export type Sample =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly picture: Picture }
  /** A standard MIDI file, and perhaps a picture of it. */
  | { readonly kind: 'midi'; readonly bytes: Uint8Array; readonly picture?: Picture };

/** How far a training has come. */
export interface Progress {
  /** Steps made before. */
  readonly step: number;
  readonly steps: number;
  /** From 0 to 1: by steps or, where that is ahead, by the time limit. Schedules follow it. */
  readonly fraction: number;
}

/** What a step is counted in, for the rate. */
export type Unit = 'tokens' | 'images' | 'examples' | 'notes';

/** The figure that says how good a model is. */
export interface Watched {
  /** Its name among what `evaluate` gives and, if it is there, among the figures of a step. */
  readonly metric: string;
  /** Whether it should fall or rise. */
  readonly mode: 'min' | 'max';
}

/**
 * One training, as `TrainingLoop` sees it: whatever the model is, it makes steps, and can be measured, shown and saved.
 * All that is random in `step` comes from generators among `parts`, and nothing else draws from those, so that a training
 * that goes on from a checkpoint makes the same steps as one that was never interrupted.
 */
export interface Task {
  /** All that a checkpoint keeps, by name. */
  readonly parts: Parts;
  /** What is kept of the model in the end, to make things with it: the mean of its weights, where there is one. */
  published(): ReadonlyMap<string, Tensor>;
  /** How much a step looks at. */
  readonly pace: { readonly count: number; readonly unit: Unit };
  readonly watched: Watched;
  /** Tells whether a checkpoint was made with the same data. */
  readonly fingerprint: string;
  /** Whether nothing is left to learn although there are steps left: an iteration that has come to rest. */
  readonly done?: boolean;
  /** Makes a step. @returns the figures of its batch; one that is not finite ends the training. */
  step(progress: Progress): Promise<Metrics>;
  /** The figures of the part of the data that is held out. */
  evaluate?(): Promise<Metrics>;
  /** Something that the model makes now: from the same noise each time, so that it can be compared. */
  sample?(progress: Progress): Promise<Sample>;
  /** Gives back the memory of everything, the model included. */
  dispose(): void;
}
