import { z } from 'zod';

/** Pieces of which recipes' configurations are made. */

export const count = (least = 1) => z.int().min(least);
export const positive = () => z.number().positive();
export const share = () => z.number().min(0).lt(1);
export const notNegative = () => z.number().min(0);

/** The settings of every training, with a recipe's defaults. */
export const loopSettings = (defaults: { readonly steps: number; readonly evalInterval: number }) => ({
  /** How many batches to learn from. */
  steps: count().default(defaults.steps),
  /** Steps from one evaluation, sample and checkpoint to the next. */
  evalInterval: count().default(defaults.evalInterval),
  /** Stop after this many seconds at the latest, with the schedule hurried along; not reproducible. */
  seconds: positive().nullable().default(null),
  /** From which everything random follows. */
  seed: z.int().min(0).default(1),
});

/** The settings of training by batches with one optimizer and one schedule: AdamW, warm-up, then half a cosine. */
export const batchSettings = (defaults: {
  readonly batchSize: number;
  readonly lr: number;
  readonly minLr?: number;
  readonly warmupSteps?: number;
  readonly weightDecay?: number;
  readonly betas?: readonly [number, number];
  readonly gradClip?: number;
}) => ({
  batchSize: count().default(defaults.batchSize),
  /** The highest learning rate. */
  lr: positive().default(defaults.lr),
  /** Where it ends. */
  minLr: notNegative().default(defaults.minLr ?? defaults.lr / 10),
  /** Steps in which it rises; at most a tenth of all. */
  warmupSteps: count(0).default(defaults.warmupSteps ?? 0),
  weightDecay: notNegative().default(defaults.weightDecay ?? 0),
  betas: z
    .tuple([share(), share()])
    .readonly()
    .default(defaults.betas ?? [0.9, 0.999]),
  /** The largest norm of the gradient; 0 for none. */
  gradClip: notNegative().default(defaults.gradClip ?? 0),
});
