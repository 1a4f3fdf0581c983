import { z } from 'zod';
import { gradeReport } from '../grading/report.ts';
import { cellFailure, output } from './output.ts';

// What page and sandbox say to each other. What comes out of the sandbox may be anything, and is checked.

export type Request =
  | { readonly type: 'run'; readonly source: string }
  | { readonly type: 'grade'; readonly lesson: string; readonly exercise: string; readonly source: string }
  /** The faces of an element of a tensor that the last run has shown. */
  | { readonly type: 'faces'; readonly output: number; readonly index: number }
  | {
      readonly type: 'facesOfVariable';
      readonly source: string;
      readonly name: string;
      readonly at: readonly number[];
    };

export type RequestMessage = Request & { readonly id: number };

const faceCheck = z.object({
  by: z.enum(['oracle', 'difference']),
  expected: z.number().or(z.nan()),
  found: z.number().or(z.nan()),
  tolerance: z.number(),
  passed: z.boolean(),
});

const tex = z.string().max(5000);

export const facesSchema = z.object({
  name: z.string().max(200),
  value: z.number().or(z.nan()).or(z.literal(Infinity)).or(z.literal(-Infinity)),
  formula: z.object({ tex, numbers: tex }),
  code: z
    .object({
      source: z.string().max(20_000),
      line: z.number().int().positive().nullable(),
      firstLine: z.number().int().positive(),
    })
    .nullable(),
  gradient: z
    .object({
      of: z.string().max(200),
      value: z.number().or(z.nan()).or(z.literal(Infinity)).or(z.literal(-Infinity)),
      tex,
    })
    .nullable(),
  checks: z.array(faceCheck).max(10),
});

/** What answers each request. */
export const answers = {
  run: z.object({ failure: cellFailure.nullable(), milliseconds: z.number().nonnegative() }),
  grade: gradeReport,
  faces: facesSchema,
  facesOfVariable: facesSchema,
} as const;

export const reply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('output'), id: z.number().int(), output }),
  z.object({ type: z.literal('answer'), id: z.number().int(), answer: z.unknown() }),
  /** The request itself could not be met: a mistake of ours, or an exercise that is not there. */
  z.object({ type: z.literal('refused'), id: z.number().int(), message: z.string().max(5000) }),
]);
export type Reply = z.infer<typeof reply>;
