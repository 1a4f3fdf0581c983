import { z } from 'zod';
import { FinetuneError } from './finetuneError.ts';

const names = () => z.array(z.string().min(1)).readonly();

/** How a model is fine-tuned; flat, so that `--set lr=1e-4` says it. */
const schema = z.strictObject({
  /** How often all examples are seen; `steps` counts where it is given. */
  epochs: z.number().positive().default(3),
  steps: z.int().min(1).nullable().default(null),
  /** Rows at a time. */
  batchSize: z.int().min(1).max(4096).default(4),
  /** Batches that make one step: as one large batch, in the memory of a small one. */
  gradientAccumulation: z.int().min(1).max(4096).default(1),
  /** The highest learning rate: 2e-4 for adapters and 5e-5 for whole models unless given. */
  lr: z.number().positive().nullable().default(null),
  minLr: z.number().min(0).default(0),
  /** The part of the steps in which the rate rises. */
  warmupRatio: z.number().min(0).max(0.5).default(0.03),
  weightDecay: z.number().min(0).default(0.01),
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .readonly()
    .default([0.9, 0.999]),
  /** The largest norm of the gradient; 0 for none. */
  gradClip: z.number().min(0).default(1),
  /** Tokens in a row at most. */
  maxLength: z.int().min(2).default(512),
  /** Whether several examples share a row, without seeing each other. */
  packing: z.boolean().default(false),
  /** The part of the examples that is held out, to measure by. */
  heldOut: z.number().min(0).max(0.9).default(0.1),
  /** Steps from one evaluation, sample and checkpoint to the next. */
  evalInterval: z.int().min(1).default(50),
  seed: z.int().min(0).default(1),
  /** Parameters that stay as they are: ends or parts of names, such as `wte` or `h.0`. */
  freeze: names().default([]),
  /** Whether layers are computed twice to save memory. */
  gradientCheckpointing: z.boolean().default(false),
  /** Adapters instead of all weights; their settings are PEFT's. */
  lora: z.record(z.string(), z.unknown()).nullable().default(null),
  /** What the weights below adapters are kept in. */
  dtype: z.enum(['float32', 'float16', 'bfloat16', 'int8']).default('float32'),
  /** What the samples on the way begin with; the first prompt of the held-out data unless given. */
  samplePrompt: z.string().nullable().default(null),
  sampleTokens: z.int().min(1).max(4096).default(80),
});

export type FinetuneSettings = Readonly<z.output<typeof schema>>;
export type FinetuneOptions = Readonly<z.input<typeof schema>>;

/** Fills in the defaults. @throws FinetuneError that names each setting that is wrong */
export function finetuneSettings(options: unknown): FinetuneSettings {
  const result = schema.safeParse(options);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message,
    );
    throw new FinetuneError(
      `The settings are wrong: ${problems.join('; ')}. There are ${Object.keys(schema.shape).join(', ')}.`,
    );
  }
  if (result.data.dtype !== 'float32' && result.data.lora === null) {
    throw new FinetuneError(
      `dtype: weights in ${result.data.dtype} are too coarse to learn themselves; use LoRA on them, or float32.`,
    );
  }
  return result.data;
}

export const learningRate = ({ lr, lora }: FinetuneSettings): number => lr ?? (lora ? 2e-4 : 5e-5);
