import { z } from 'zod';
import { cellFailure, output } from '../cell/output.ts';
import { said } from './said.ts';

/** What was found about one check. */
export const checkReport = z.object({
  id: z.string().max(100),
  passed: z.boolean(),
  /** How it was tried: `60` cases; null where it was once. */
  cases: z.number().int().nullable(),
  /** What the check itself said, in signs: `0.5 ≠ 1`. */
  complaint: z.string().max(2000).nullable(),
  /** The same for words in the reader's language: `sayComplaint`. */
  said: said.nullable(),
  /** The smallest case that still fails. */
  counterexample: z
    .object({
      input: z.array(z.object({ name: z.string().max(60), value: output })).max(6),
      yours: output.nullable(),
      expected: output.nullable(),
    })
    .nullable(),
});
export type CheckReport = z.infer<typeof checkReport>;

export const gradeReport = z.object({
  passed: z.boolean(),
  checks: z.array(checkReport).max(30),
  /** The code could not be run at all. */
  failure: cellFailure.nullable(),
});
export type GradeReport = z.infer<typeof gradeReport>;
