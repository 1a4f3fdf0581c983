import type { Texts } from '../i18n/locale.ts';
import type { GradingTools } from './tools.ts';

/** What a learner's code leaves behind: the top-level functions and variables that the exercise asks for, by name. */
// biome-ignore lint/suspicious/noExplicitAny: a learner's function may be anything; that is what checks are for.
export type Answer = Readonly<Record<string, any>>;

/**
 * One property that a right answer has. `run` throws when it does not, best through the tools, whose complaints carry a
 * shrunken counterexample.
 */
export interface Check {
  readonly id: string;
  /** What is looked at, as a statement that is true of a right answer: «Cada fila suma 1». */
  readonly title: Texts;
  /** Why it failed and where to look, without giving the answer away. */
  readonly why: Texts;
  run(answer: Answer, tools: GradingTools): void | Promise<void>;
}

/** An exercise, graded by what the code does. A file of the lesson's folder `exercises`, named as the lesson names it. */
export interface Exercise {
  /** What the editor begins with; comments in the reader's language. */
  readonly start: Texts;
  /** The names that the learner's code has to define at its top level. */
  readonly defines: readonly string[];
  readonly checks: readonly Check[];
  /** From a nudge to nearly all of it. */
  readonly hints: Readonly<{ es: readonly string[]; en: readonly string[] }>;
  /** A right answer: all checks pass (tested). Shown to whoever asks. */
  readonly solution: string;
  /** Wrong answers that somebody might give, each with the checks that have to fail (tested). */
  readonly wrong: readonly { readonly code: string; readonly fails: readonly string[] }[];
  /** How long a run may take, in seconds; 10 unless said. */
  readonly seconds?: number;
}

export const defineExercise = (exercise: Exercise): Exercise => exercise;
