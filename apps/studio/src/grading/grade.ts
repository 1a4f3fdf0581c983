import { tensor } from 'lumbre';
import { clip } from '../cell/core/clip.ts';
import { tensorOutput, textOutput } from '../cell/core/outputs.ts';
import { print } from '../cell/core/print.ts';
import { runSource } from '../cell/core/run.ts';
import type { CellFailure, Output } from '../cell/output.ts';
import { Complaint, Counterexample, saidBy } from './complaint.ts';
import type { Exercise } from './exercise.ts';
import { makeTools } from './makeTools.ts';
import type { CheckReport, GradeReport } from './report.ts';
import { signs } from './said.ts';

/** A value of a counterexample, to be drawn: numbers as a tensor, anything else as text. */
function drawn(value: unknown): Output {
  const shape = shapeOf(value);
  if (shape && shape.length > 0 && shape.every((side) => side > 0)) {
    return tensorOutput(tensor(value as number[]), -1, null);
  }
  return textOutput(typeof value === 'string' ? `'${value}'` : print(value));
}

/** The shape of nested lists of numbers; null for what is none. */
function shapeOf(value: unknown): number[] | null {
  if (typeof value === 'number') return [];
  if (!Array.isArray(value)) return null;
  const [first, ...others] = value.map(shapeOf);
  if (!first) return value.length === 0 ? [0] : null;
  return others.every((shape) => shape && shape.join() === first.join()) ? [value.length, ...first] : null;
}

const sidesDrawn = (sides: Complaint['sides']) => ({
  yours: sides ? drawn(sides.found) : null,
  expected: sides ? drawn(sides.expected) : null,
});

/** Grades code against an exercise: runs it, and looks at what the things it defines do. What it prints goes to `emit`. */
export async function grade(
  exercise: Exercise,
  source: string,
  emit: (output: Output) => void = () => {},
): Promise<GradeReport> {
  const { failure, captured } = await runSource(source, {
    emit,
    captures: exercise.defines,
    showLast: false,
  });
  if (failure) return { passed: false, checks: [], failure };
  const missing = exercise.defines.filter((name) => captured[name] === undefined);
  if (missing.length > 0) return { passed: false, checks: [], failure: undefinedFailure(missing) };
  const checks: CheckReport[] = [];
  for (const check of exercise.checks) {
    const { tools, cases } = makeTools();
    try {
      await check.run(captured, tools);
      checks.push({
        id: check.id,
        passed: true,
        cases: cases(),
        complaint: null,
        said: null,
        counterexample: null,
      });
    } catch (error) {
      checks.push({ id: check.id, passed: false, cases: cases(), ...tellOf(error) });
    }
  }
  return { passed: checks.every(({ passed }) => passed), checks, failure: null };
}

const undefinedFailure = ([name]: readonly string[]): CellFailure => ({
  ...{ kind: 'thrown', line: null, column: null },
  message: `ReferenceError: ${name} is not defined`,
});

/** What a check that failed has to say, in signs and for words, with what is shown beside it. */
function tellOf(error: unknown): Pick<CheckReport, 'complaint' | 'said' | 'counterexample'> {
  const what = saidBy(error);
  const input = error instanceof Counterexample ? error.input : [];
  const sides = error instanceof Counterexample || error instanceof Complaint ? error.sides : null;
  const shown = error instanceof Counterexample || sides !== null;
  return {
    ...{ complaint: signs(what).slice(0, 2000), said: what },
    counterexample: shown
      ? {
          input: input.slice(0, 6).map(({ name, value }) => ({ name: clip(name, 60), value: drawn(value) })),
          ...sidesDrawn(sides),
        }
      : null,
  };
}
