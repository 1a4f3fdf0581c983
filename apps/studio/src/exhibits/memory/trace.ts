import { z } from 'zod';

/** The most steps that are recorded: whoever runs on is stopped. */
export const MOST_STEPS = 300;

/** A value as a variable holds it: written out, or a reference to something in memory. */
const held = z.union([z.object({ text: z.string().max(200) }), z.object({ ref: z.number().int() })]);
export type Held = z.infer<typeof held>;

const frame = z.object({
  /** The function's name; empty for the program itself. */
  name: z.string().max(60),
  variables: z.array(z.tuple([z.string().max(60), held])).max(60),
});
export type Frame = z.infer<typeof frame>;

const thing = z.object({
  id: z.number().int(),
  kind: z.enum(['array', 'object', 'map', 'set', 'function']),
  entries: z.array(z.tuple([z.string().max(60), held])).max(40),
  /** How many entries are there, if not all of them are written down. */
  size: z.number().int(),
});
export type Thing = z.infer<typeof thing>;

const step = z.object({
  /** Which line is about to run; null when the program has ended. */
  line: z.number().int().positive().nullable(),
  /** What a function is about to give back. */
  returns: held.nullable(),
  frames: z.array(frame).max(40),
  heap: z.array(thing).max(80),
  /** How many lines had been printed. */
  printed: z.number().int(),
});
export type Step = z.infer<typeof step>;

export const trace = z.object({
  steps: z.array(step).max(MOST_STEPS + 2),
  output: z.array(z.string().max(400)).max(100),
  /** What was thrown. */
  error: z.string().max(400).nullable(),
  /** It was stopped since it took too many steps. */
  cut: z.boolean(),
});
export type Trace = z.infer<typeof trace>;
