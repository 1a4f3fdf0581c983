import type { NumericArray } from '../../../src/graph/dtype.ts';
import type { FuzzProgram } from './program.ts';
import { type Mode, type Results, runProgram } from './run.ts';

/** What a program must give: the oracle's values, and how far from them rounding may lead. */
export interface Expectation {
  readonly oracle: Results;
  /** One for each output and, after them, one for each leaf's gradient. */
  readonly slack: readonly number[];
}

export interface Failure {
  readonly device: string;
  readonly mode: Mode;
  /** In words: an error, or the first elements that differ. */
  readonly message: string;
  /** The output that is wrong, or -1 when it is a gradient or an error. */
  readonly output: number;
}

const LARGEST = 1e4;
/** Gradients that a sample of rounding changes by a larger part of their size are nothing to compare. */
const MOST_ERROR = 1e-3;

const flat = ({ outputs, gradients }: Results): readonly (NumericArray | null)[] => [
  ...outputs,
  ...gradients,
];

const isFloatArray = (values: NumericArray): boolean =>
  values instanceof Float32Array || values instanceof Float64Array;

/** NaN if any is NaN. */
function largest(count: number, f: (i: number) => number): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, f(i));
  return most;
}

/**
 * The oracle's values in double precision. How much room rounding gets is measured: `js` computes once more with every
 * value rounded to float32, the gradients' intermediate ones included.
 *
 * @returns `null` for a program whose gradients are too large or too sensitive to be compared
 */
export function expectationOf(program: FuzzProgram): Expectation | null {
  const oracle = runProgram(program, { device: 'js', float: 'float64', mode: 'fused' });
  const rounded = runProgram(program, { device: 'js', float: 'float32', mode: 'stepwise' });
  const sample = flat(rounded);
  const slack: number[] = [];
  for (const [i, values] of flat(oracle).entries()) {
    const other = sample[i];
    const size = values ? largest(values.length, (j) => Math.abs(values[j] as number)) : 0;
    const error =
      values && other
        ? largest(values.length, (j) => Math.abs((values[j] as number) - (other[j] as number)))
        : 0;
    if (values && isFloatArray(values)) {
      // NaN fails both comparisons.
      if (!(size <= LARGEST && error <= MOST_ERROR * Math.max(1, size))) return null;
      slack.push(20 * error + 1e-5 * size + 1e-6);
    } else {
      if (error > 0) return null;
      slack.push(0);
    }
  }
  return { oracle, slack };
}

function describeDifference(actual: NumericArray, expected: NumericArray, slack: number): string | null {
  if (actual.length !== expected.length) return `${actual.length} elements, expected ${expected.length}`;
  const wrong = Array.from(expected, (_, i) => i).filter(
    (i) => !(Math.abs((actual[i] as number) - (expected[i] as number)) <= slack),
  );
  if (wrong.length === 0) return null;
  const shown = wrong.slice(0, 5).map((i) => `  [${i}] is ${actual[i]}, expected ${expected[i]}`);
  const list = (values: NumericArray) =>
    `${[...values.subarray(0, 16)].join(', ')}${values.length > 16 ? ', …' : ''}`;
  return [
    `${wrong.length} of ${expected.length} elements are off by more than ${slack}:`,
    ...shown,
    `  all:      ${list(actual)}`,
    `  expected: ${list(expected)}`,
  ].join('\n');
}

/** Runs a program on a device and compares it with what is expected. */
export function checkProgram(
  program: FuzzProgram,
  { oracle, slack }: Expectation,
  device: string,
  mode: Mode,
): Failure | null {
  let results: Results;
  try {
    results = runProgram(program, { device, float: 'float32', mode });
  } catch (error) {
    return {
      device,
      mode,
      output: -1,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  const count = program.outputs.length;
  const expected = flat(oracle);
  for (const [i, actual] of flat(results).entries()) {
    const wanted = expected[i] ?? null;
    const what = i < count ? `output t${program.outputs[i]}` : `the gradient of t${i - count}`;
    if (!actual !== !wanted) {
      return { device, mode, output: -1, message: `${what} is ${actual ? 'there' : 'missing'}` };
    }
    const problem = actual && wanted && describeDifference(actual, wanted, slack[i] as number);
    if (problem) return { device, mode, output: i < count ? i : -1, message: `${what}: ${problem}` };
  }
  return null;
}
