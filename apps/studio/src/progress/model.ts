import { z } from 'zod';
import { beats } from '../course/document.ts';
import { locales } from '../i18n/locale.ts';

/** What the Studio remembers of a learner. Lessons, exercises and cards are known by stable ids. */

const time = z.number().nonnegative();

export const lessonProgress = z.object({
  /** The steps that were reached. */
  reached: z.array(z.enum(beats)),
  /** Where to go on. */
  last: z.enum(beats),
  finished: z.boolean(),
  /** Exercises that were solved. */
  solved: z.array(z.string().max(100)),
  /** What was answered to each prediction, by its place in the lesson. */
  predictions: z.record(z.string().max(20), z.number().int().nonnegative()),
  visited: time,
});
export type LessonProgress = z.infer<typeof lessonProgress>;

/** A card in the box: when it is to be seen again, and after how many days. */
export const cardProgress = z.object({
  due: time,
  /** Days until then, when it was last seen. */
  interval: z.number().positive(),
  seen: time,
  times: z.number().int().nonnegative(),
});
export type CardProgress = z.infer<typeof cardProgress>;

export const settings = z.object({
  locale: z.enum(locales).nullable(),
  theme: z.enum(['light', 'dark', 'system']),
});
export type Settings = z.infer<typeof settings>;

/** What this machine can do, measured by the engine. */
export const machine = z.object({
  /** Products of matrices, in thousand millions of operations a second. */
  gflops: z.number().positive(),
  /** Memory read, in thousand millions of bytes a second. */
  gigabytes: z.number().positive(),
  threads: z.number().int().positive(),
  measured: time,
});
export type Machine = z.infer<typeof machine>;

/** The learner's code in a cell or an exercise. */
export const savedCode = z.object({ code: z.string().max(200_000), saved: time });
export type SavedCode = z.infer<typeof savedCode>;

/** All of it, as a file. */
export const progressFile = z.object({
  format: z.literal('lumbre-progress'),
  version: z.literal(1),
  lessons: z.record(z.string().max(200), lessonProgress),
  cards: z.record(z.string().max(200), cardProgress),
  code: z.record(z.string().max(300), savedCode),
});
export type ProgressFile = z.infer<typeof progressFile>;
