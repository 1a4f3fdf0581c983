import { z } from 'zod';

/** What a cell shows. It comes out of the sandbox, where anything may run, and is checked before it is drawn. */

/** The most numbers of one tensor that leave the sandbox; the rest is cut, and it is said so. */
export const MOST_NUMBERS = 4096;
export const MOST_PIXELS = 2048 * 2048;
export const MOST_TEXT = 20_000;
export const MOST_OUTPUTS = 200;

const numbers = z.array(z.number().or(z.nan()).or(z.literal(Infinity)).or(z.literal(-Infinity)));

export const textOutput = z.object({
  kind: z.literal('text'),
  stream: z.enum(['log', 'warn', 'error']),
  text: z.string().max(MOST_TEXT),
});

export const tensorOutput = z.object({
  kind: z.literal('tensor'),
  /** By which the sandbox knows it when the faces of an element are asked for. */
  id: z.number().int(),
  title: z.string().max(200).nullable(),
  shape: z.array(z.number().int().nonnegative()).max(8),
  dtype: z.string().max(20),
  /** The first elements, in order: all of them, unless `cut`. */
  values: numbers.max(MOST_NUMBERS),
  cut: z.boolean(),
});

const scalar = z.union([
  z.string().max(400),
  z.number(),
  z.nan(),
  z.literal(Infinity),
  z.literal(-Infinity),
  z.boolean(),
  z.null(),
]);

export const tableOutput = z.object({
  kind: z.literal('table'),
  title: z.string().max(200).nullable(),
  columns: z.array(z.string().max(100)).max(60),
  rows: z.array(z.array(scalar).max(60)).max(200),
  /** How many rows there are in all. */
  total: z.number().int().nonnegative(),
});

export const plotOutput = z.object({
  kind: z.literal('plot'),
  title: z.string().max(200).nullable(),
  xLabel: z.string().max(100).nullable(),
  yLabel: z.string().max(100).nullable(),
  series: z
    .array(
      z.object({
        name: z.string().max(100).nullable(),
        mark: z.enum(['line', 'points', 'bars']),
        x: z.array(z.union([z.number(), z.string().max(100)])).max(20_000),
        y: numbers.max(20_000),
      }),
    )
    .max(12),
});

export const imageOutput = z.object({
  kind: z.literal('image'),
  title: z.string().max(200).nullable(),
  width: z.number().int().positive().max(4096),
  height: z.number().int().positive().max(4096),
  /** Red, green, blue and opacity, row by row. */
  pixels: z.instanceof(Uint8ClampedArray).refine((pixels) => pixels.length <= 4 * MOST_PIXELS),
});

export const audioOutput = z.object({
  kind: z.literal('audio'),
  title: z.string().max(200).nullable(),
  sampleRate: z.number().min(3000).max(192_000),
  /** From -1 to 1. */
  samples: z.instanceof(Float32Array).refine((samples) => samples.length <= 192_000 * 60),
});

/** How a tensor would be computed: its graph, the kernels made of it, and the memory between them. */
export const explanationOutput = z.object({
  kind: z.literal('explanation'),
  title: z.string().max(200).nullable(),
  nodes: z
    .array(
      z.object({
        id: z.number().int(),
        op: z.string().max(40),
        detail: z.string().max(200),
        dtype: z.string().max(20),
        shape: z.array(z.number().int()).max(8),
        sources: z.array(z.number().int()).max(64),
      }),
    )
    .max(400),
  kernels: z
    .array(
      z.object({
        name: z.string().max(200),
        nodes: z.array(z.string().max(200)).max(400),
        bytes: z.number(),
        operations: z.number(),
      }),
    )
    .max(400),
  memory: z.array(z.object({ name: z.string().max(200), offset: z.number(), bytes: z.number() })).max(400),
  arenaBytes: z.number(),
});

export const output = z.discriminatedUnion('kind', [
  textOutput,
  tensorOutput,
  tableOutput,
  plotOutput,
  imageOutput,
  audioOutput,
  explanationOutput,
]);
export type Output = z.infer<typeof output>;
export type OutputOf<Kind extends Output['kind']> = Extract<Output, { kind: Kind }>;

/** Why a cell failed, in the learner's words and at the learner's line. */
export const cellFailure = z.object({
  /** What kind of mistake: it was not understood, it was thrown, it took too long, the memory was full, it was stopped. */
  kind: z.enum(['syntax', 'thrown', 'time', 'memory', 'stopped']),
  /** As it was thrown, with the name of the error before it. */
  message: z.string().max(MOST_TEXT),
  /** Counted from 1; null when nobody knows. */
  line: z.number().int().positive().nullable(),
  column: z.number().int().positive().nullable(),
});
export type CellFailure = z.infer<typeof cellFailure>;

export type CellResult =
  | { readonly status: 'done'; readonly milliseconds: number }
  | { readonly status: 'failed'; readonly milliseconds: number; readonly failure: CellFailure };
