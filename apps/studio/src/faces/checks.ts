import { gradients, tensor as makeTensor, scope, type Tensor, valueAndGrad } from 'lumbre';
import type { FaceCheck } from './faces.ts';
import { dependsOn, quietly, repeats } from './recorder.ts';
import { LostValueError, orderOf, readOnOracle, replay } from './replay.ts';
import type { Value } from './values.ts';

/** The oracle computes one number after the other: more than so many are not computed again while somebody waits. */
const MOST_NUMBERS = 20_000_000;

/** About how many numbers it takes to make a value again. */
const workOf = (target: Value): number =>
  orderOf(target).reduce((total, { record, size }) => {
    if (!repeats(record)) return total;
    const [, second] = record.args as { shape?: readonly number[] }[];
    const sides = second?.shape ?? [];
    if (record.op === 'matmul') return total + size * (sides.at(-2) ?? sides[0] ?? 1);
    if (/^conv/.test(record.op))
      return total + size * sides.slice(1).reduce((product, side) => product * side, 1);
    return total + size;
  }, 0);

/** float32 has some seven digits, of which sums and products use up a few. */
const toleranceOf = (value: Value, expected: number): number =>
  (/16/.test(value.node.dtype) ? 2e-2 : 1e-4) * Math.max(1, Math.abs(expected));

const checked = (by: FaceCheck['by'], expected: number, found: number, tolerance: number): FaceCheck => ({
  ...{ by, expected, found, tolerance },
  passed: Object.is(expected, found) || Math.abs(expected - found) <= tolerance,
});

/**
 * The number, computed again from the very first values in double precision, one after the other; null for what was not computed,
 * and for what would take too long.
 * @throws LostValueError
 */
export async function oracleCheck(value: Value, index: number, found: number): Promise<FaceCheck | null> {
  if (!repeats(value.record) || workOf(value) > MOST_NUMBERS) return null;
  const expected = Number((await readOnOracle(value))[index]);
  return checked('oracle', expected, found, toleranceOf(value, expected));
}

/** The gradient by one element, as the engine has it. @throws LostValueError */
export async function gradientOf(loss: Value, value: Value, index: number): Promise<number> {
  const compute = () => (dependsOn(loss, value) ? replayedGradient(loss, value) : graphGradient(loss, value));
  const gradient = quietly(() => scope(compute));
  try {
    return Number((await gradient.data())[index]);
  } finally {
    gradient.dispose();
  }
}

function replayedGradient(loss: Value, value: Value): Tensor {
  const { tensor } = value;
  if (!tensor) throw new LostValueError('The number is not there any more.');
  const [, gradient] = valueAndGrad((x: Tensor) => replay(loss, new Map([[value, x]])).reshape())(tensor);
  return gradient;
}

/** Where a loop or a function that hides its inside lies between, the engine's own graph still knows the way. */
function graphGradient(loss: Value, value: Value): Tensor {
  const [end, start] = [loss.tensor, value.tensor];
  if (!end || !start) throw new LostValueError('The loss is not there any more.');
  return gradients(end, [start])[0] as Tensor;
}

/** The gradient by moving the element a little on the oracle; null where that is not possible, or takes too long. */
export async function differenceCheck(
  loss: Value,
  value: Value,
  index: number,
  found: number,
): Promise<FaceCheck | null> {
  const { tensor } = value;
  if (!tensor || !dependsOn(loss, value) || 2 * workOf(loss) > MOST_NUMBERS) return null;
  const numbers = Array.from(await tensor.data(), Number);
  const x = numbers[index] as number;
  const step = 1e-4 * Math.max(1, Math.abs(x));
  const lossAt = async (moved: number): Promise<number> => {
    const stand = quietly(() =>
      makeTensor(numbers.with(index, moved), { device: 'js', dtype: 'float64', shape: value.shape }),
    );
    try {
      return Number((await readOnOracle(loss, new Map([[value, stand]])))[0]);
    } finally {
      stand.dispose();
    }
  };
  const expected = ((await lossAt(x + step)) - (await lossAt(x - step))) / (2 * step);
  return checked('difference', expected, found, 1e-3 * Math.max(1, Math.abs(expected)));
}
