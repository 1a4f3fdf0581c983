import { tensor } from 'lumbre';
import { tensorOutput, textOutput } from '../cell/core/outputs.ts';
import { print } from '../cell/core/print.ts';
import { runSource } from '../cell/core/run.ts';
import type { CellFailure, Output } from '../cell/output.ts';
import { Complaint, Counterexample } from './complaint.ts';
import type { Exercise } from './exercise.ts';
import { makeTools } from './makeTools.ts';
import type { CheckReport, GradeReport } from './report.ts';

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
      checks.push({ id: check.id, passed: true, cases: cases(), complaint: null, counterexample: null });
    } catch (error) {
      checks.push({ id: check.id, passed: false, cases: cases(), ...saidBy(error) });
    }
  }
  return { passed: checks.every(({ passed }) => passed), checks, failure: null };
}

const undefinedFailure = ([name]: readonly string[]): CellFailure => ({
  ...{ kind: 'thrown', line: null, column: null },
  message: `ReferenceError: ${name} is not defined`,
});

const MOST_WORDS = 2000;

function saidBy(error: unknown): Pick<CheckReport, 'complaint' | 'counterexample'> {
  if (error instanceof Counterexample) {
    return {
      complaint: error.message.slice(0, MOST_WORDS),
      counterexample: {
        input: error.input
          .slice(0, 6)
          .map(({ name, value }) => ({ name: name.slice(0, 60), value: drawn(value) })),
        ...sidesDrawn(error.sides),
      },
    };
  }
  const isComplaint = error instanceof Complaint;
  const text =
    error instanceof Error
      ? isComplaint
        ? error.message
        : `${error.name}: ${error.message}`
      : String(error);
  return {
    complaint: text.slice(0, MOST_WORDS),
    counterexample: isComplaint && error.sides ? { input: [], ...sidesDrawn(error.sides) } : null,
  };
}
