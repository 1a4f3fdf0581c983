import { z } from 'zod';

// What the playground is set to: all that a link has to say so that somebody else sees the same.

/** Data that are drawn by rule, and `own`: those that somebody placed. */
export const dataNames = [
  'clouds',
  'moons',
  'rings',
  'xor',
  'spiral',
  'three',
  'four',
  'plane',
  'hill',
  'own',
] as const;
export type DataName = (typeof dataNames)[number];

export const featureNames = ['x', 'y', 'x2', 'y2', 'xy', 'sinx', 'siny'] as const;
export type FeatureName = (typeof featureNames)[number];

export const activationNames = ['relu', 'leaky', 'tanh', 'sigmoid', 'gelu', 'linear'] as const;
export type ActivationName = (typeof activationNames)[number];

export const optimizerNames = ['sgd', 'momentum', 'adam', 'adamw'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const learningRates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3] as const;
export const batchSizes = [1, 4, 10, 20, 50, 0] as const;
export const MOST_POINTS = 600;
export const MOST_CLASSES = 4;
export const MOST_LAYERS = 5;
export const MOST_NEURONS = 8;

const coordinate = z.number().min(-1).max(1);

/** x and y from -1 to 1, and a class from 0, or a value from -1 to 1. */
export const pointSchema = z.tuple([coordinate, coordinate, z.number().min(-1).max(3)]);
export type DataPoint = z.infer<typeof pointSchema>;

export const playgroundState = z
  .object({
    data: z.enum(dataNames),
    /** What own points are for; other data say it themselves. */
    task: z.enum(['classes', 'values']),
    own: z.array(pointSchema).max(MOST_POINTS),
    noise: z.number().min(0).max(0.5),
    count: z.number().int().min(20).max(400),
    /** The share of points that is kept for validation. */
    held: z.number().min(0.1).max(0.9),
    features: z
      .array(z.enum(featureNames))
      .min(1)
      .max(featureNames.length)
      // In their own order, each once.
      .transform((chosen) => featureNames.filter((name) => chosen.includes(name))),
    layers: z.array(z.number().int().min(1).max(MOST_NEURONS)).max(MOST_LAYERS),
    activation: z.enum(activationNames),
    optimizer: z.enum(optimizerNames),
    rate: z.number().min(0.00001).max(10),
    batch: z.number().int().min(0).max(MOST_POINTS),
    decay: z.number().min(0).max(1),
    dropout: z.number().min(0).max(0.8),
    normalize: z.boolean(),
    /** Added to the biases of the first layer: far below zero, ReLUs are born dead. */
    bias: z.number().min(-5).max(5),
    seed: z.number().int().min(0).max(999_999),
    speed: z.enum(['slow', 'normal', 'fast']),
    /** Whether points that are held out are drawn. */
    showHeld: z.boolean(),
    /** What stands around the picture; a lesson may leave out what it does not speak of. */
    panels: z.array(z.enum(['data', 'network', 'settings'])),
  })
  .refine(
    ({ data, own, task }) => data !== 'own' || (own.length >= 2 && fits(own, task)),
    'own points are missing',
  );

export type PlaygroundState = z.infer<typeof playgroundState>;

const fits = (points: readonly DataPoint[], task: 'classes' | 'values') =>
  task === 'values' || points.every(([, , label]) => Number.isInteger(label) && label >= 0);

export const initialState: PlaygroundState = {
  data: 'moons',
  task: 'classes',
  own: [],
  noise: 0.12,
  count: 200,
  held: 0.3,
  features: ['x', 'y'],
  layers: [6, 4],
  activation: 'relu',
  optimizer: 'adam',
  rate: 0.01,
  batch: 20,
  decay: 0,
  dropout: 0,
  normalize: false,
  bias: 0,
  seed: 7,
  speed: 'normal',
  showHeld: true,
  panels: ['data', 'network', 'settings'],
};

/** What the data are learnt for: to tell classes apart, or to say values. */
export const taskOf = ({ data, task }: Pick<PlaygroundState, 'data' | 'task'>): 'classes' | 'values' =>
  data === 'own' ? task : data === 'plane' || data === 'hill' ? 'values' : 'classes';

/** How many classes there are: two at least. 1 where values are learnt. */
export function classesOf(points: readonly DataPoint[], task: 'classes' | 'values'): number {
  if (task === 'values') return 1;
  return Math.max(2, 1 + Math.max(0, ...points.map(([, , label]) => label)));
}

/** Whether a training that has begun would be another one: what is compared is all but how it is watched. */
export function sameNetwork(a: PlaygroundState, b: PlaygroundState): boolean {
  const key = ({
    features,
    layers,
    activation,
    optimizer,
    dropout,
    normalize,
    bias,
    seed,
  }: PlaygroundState) =>
    JSON.stringify([features, layers, activation, optimizer, dropout, normalize, bias, seed]);
  return key(a) === key(b);
}
