import { z } from 'zod';

/** How many places along each side of the picture a neuron is asked about. */
export const GRID = 48;

/** What is known of one hidden neuron, over the points that are learnt from. */
export interface NeuronStatistics {
  /** Its least and its greatest sum, before the activation function. */
  readonly least: number;
  readonly greatest: number;
  /** The share of points at which its sum is above zero. */
  readonly active: number;
  /** The share of points at which the activation function is flat: its slope is under 0.02. */
  readonly flat: number;
  /** The norm of the gradient of the loss by the weights that lead to it. */
  readonly gradient: number;
  /** The greatest of the weights by which it is heard, without sign. */
  readonly heard: number;
  readonly weights: readonly number[];
  readonly bias: number;
  /** The step at which it was first seen as it is now, when it is dead; null otherwise. */
  readonly deadSince: number | null;
}

/** The network at one step. */
export interface Snapshot {
  readonly step: number;
  readonly epoch: number;
  readonly trainLoss: number;
  readonly heldLoss: number;
  /** The share of points told rightly; R² where values are learnt. */
  readonly trainScore: number;
  readonly heldScore: number;
  /** Of each hidden layer, its neurons. */
  readonly layers: readonly (readonly NeuronStatistics[])[];
  /** Weights and biases of the last layer, an output a row. */
  readonly output: readonly { readonly weights: readonly number[]; readonly bias: number }[];
  /** What each hidden neuron passes on over the picture, [GRID², all neurons]. */
  readonly neurons: Float32Array;
  /** The probabilities of the classes over the picture, or the value: [GRID², outputs]. */
  readonly surface: Float32Array;
  readonly history: readonly HistoryPoint[];
}

export type HistoryPoint = readonly [step: number, train: number, held: number];

const numbers = z.instanceof(Float32Array).refine((values) => values.length <= 20_000);
const named = z
  .array(
    z.object({
      name: z.string().max(80),
      shape: z.array(z.number().int().min(0).max(100)).max(3),
      values: numbers,
    }),
  )
  .max(80);

/** A training that was left, to go on with: read back from the browser's database. */
export const checkpointSchema = z.object({
  model: named,
  optimizer: z.object({ step: z.number().int().min(0), tensors: named }),
  dropout: z.object({ seed: z.number().int().min(0), offset: z.number().int().min(0) }),
  order: z.object({
    state: z.number().int().min(0),
    places: z.array(z.number().int().min(0)).max(600),
    next: z.number().int().min(0),
  }),
  seen: z.number().int().min(0),
  history: z.array(z.tuple([z.number(), z.number(), z.number()])).max(2000),
  deadSince: z.array(z.array(z.number().nullable()).max(8)).max(5),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;
