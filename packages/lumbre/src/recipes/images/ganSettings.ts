import { z } from 'zod';
import { GAN_LOSSES, type GanLoss } from '../../models/images/index.ts';
import { count, loopSettings, notNegative, positive, share } from '../settings.ts';

/** What a recipe may choose of `ganSettings`. */
export interface GanDefaults {
  readonly steps: number;
  readonly evalInterval: number;
  readonly batchSize: number;
  readonly generatorLr: number;
  readonly discriminatorLr: number;
  readonly finalLr?: number;
  readonly betas?: readonly [number, number];
  readonly loss?: GanLoss;
  readonly criticSteps?: number;
  readonly labelSmoothing?: number;
  readonly instanceNoise?: number;
  readonly r1?: number;
  readonly r1Interval?: number;
  readonly gradientPenalty?: number;
  readonly modeSeeking?: number;
  readonly emaDecay?: number;
}

/** The settings of a contest of two networks, with a recipe's defaults; the tricks that make it stable are among them. */
export const ganSettings = (defaults: GanDefaults) => ({
  ...loopSettings(defaults),
  batchSize: count().default(defaults.batchSize),
  /** Two rates, so that neither network runs away from the other (Heusel et al., arXiv:1706.08500). */
  generatorLr: positive().default(defaults.generatorLr),
  discriminatorLr: positive().default(defaults.discriminatorLr),
  /** What is left of both in the end: in the second half of the training they fall in a straight line. 1 keeps them. */
  finalLr: z
    .number()
    .min(0)
    .max(1)
    .default(defaults.finalLr ?? 0.05),
  betas: z
    .tuple([share(), share()])
    .readonly()
    .default(defaults.betas ?? [0.5, 0.99]),
  loss: z.enum(GAN_LOSSES).default(defaults.loss ?? 'non-saturating'),
  /** How often the discriminator learns before the generator does. */
  criticSteps: count().default(defaults.criticSteps ?? 1),
  /** How far short of certain the discriminator should be that real pictures are real. */
  labelSmoothing: share().default(defaults.labelSmoothing ?? 0),
  /** The standard deviation of noise on all that the discriminator sees, at the beginning; it fades until half-way. */
  instanceNoise: notNegative().default(defaults.instanceNoise ?? 0),
  /** How much steep scores of real pictures cost the discriminator, at every so many steps. */
  r1: notNegative().default(defaults.r1 ?? 0),
  r1Interval: count().default(defaults.r1Interval ?? 1),
  /** How much slopes other than 1 between real and made pictures cost it. */
  gradientPenalty: notNegative().default(defaults.gradientPenalty ?? 0),
  /** How much it costs the generator to make the same of different noise (Mao et al., arXiv:1903.05628). */
  modeSeeking: notNegative().default(defaults.modeSeeking ?? 0),
  /** How much of the average generator stays at each step. */
  emaDecay: share().default(defaults.emaDecay ?? 0.995),
  /** How many pictures are made to be measured on the way. */
  evalSamples: count(8).default(500),
});

const settings = z.strictObject(
  ganSettings({ steps: 1, evalInterval: 1, batchSize: 1, generatorLr: 1, discriminatorLr: 1 }),
);

export type GanSettings = z.infer<typeof settings>;

export const ganData = (name: string) => z.strictObject({ name: z.string().default(name) }).prefault({});

/** What the data decide of a model. */
export const pictureSizes = {
  imageSize: count().optional(),
  channels: count().optional(),
};

/** The networks of convolutions, with a recipe's defaults. */
export const convolutional = (defaults: {
  readonly width: number;
  readonly latentDim?: number;
  readonly upsample?: 'transposed' | 'nearest';
  readonly discriminatorNorm?: 'batch' | 'spectral' | 'none';
  readonly minibatchStddev?: boolean;
}) => ({
  /** How many random numbers a picture is made of. */
  latentDim: count().default(defaults.latentDim ?? 64),
  /** Channels next to the picture; there are twice as many at each half of the size. */
  width: count().default(defaults.width),
  upsample: z.enum(['transposed', 'nearest']).default(defaults.upsample ?? 'transposed'),
  /** What keeps the discriminator in bounds. */
  discriminatorNorm: z.enum(['batch', 'spectral', 'none']).default(defaults.discriminatorNorm ?? 'batch'),
  /** Whether the discriminator is told how much a batch varies. */
  minibatchStddev: z.boolean().default(defaults.minibatchStddev ?? false),
  /** Whether a running average of the generator is kept; that is what makes pictures then. */
  average: z.boolean().default(true),
});
