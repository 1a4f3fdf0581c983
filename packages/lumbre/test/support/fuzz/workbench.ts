import { isFloat, makeArray } from '../../../src/graph/dtype.ts';
import { sizeOf } from '../../../src/graph/shape.ts';
import { setDefaultDtype, type Tensor } from '../../../src/index.ts';
import type { Random } from '../random.ts';
import { type Definition, type FuzzDType, inputsOf, type Leaf, type Step } from './program.ts';
import { callStep, makeLeaf } from './run.ts';

/** A definition and its value: in double precision, and, for a sample of rounding errors, rounded to float32 at every step. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: FuzzDType;
  readonly data: ArrayLike<number>;
  readonly low: number;
  readonly high: number;
  /** The largest difference between the two values. */
  readonly error: number;
  /** Whether every device computes these numbers without any rounding. */
  readonly exact: boolean;
}

/**
 * What a step does to exact numbers: `keeps` them on their grid (sums, choices, movement), `multiplies` (exact if the
 * grid is coarse), or `rounds`.
 */
export type Exactness = 'keeps' | 'multiplies' | 'rounds';

export interface Proposal {
  readonly step: Omit<Step, 'kind'>;
  readonly exactness: Exactness;
  /** A condition on the result. */
  readonly accept?: (value: Value) => boolean;
}

export const MOST_ELEMENTS = 1500;
const LARGEST = 1000;
const MOST_ERROR = 1e-4;

/** Whether all numbers are multiples of 2^-bits and no larger than 2^magnitude. */
const onGrid = (data: ArrayLike<number>, bits: number, magnitude: number): boolean =>
  Array.prototype.every.call(
    data,
    (x: number) => Number.isInteger(x * 2 ** bits) && Math.abs(x) <= 2 ** magnitude,
  );

/** So many bits leave room in a float32 for a sum over as many elements as a value may have. */
const isExactGrid = (data: ArrayLike<number>) => onGrid(data, 6, 7);
export const isCoarseGrid = (data: ArrayLike<number>) => onGrid(data, 3, 3);

const largestOf = (data: ArrayLike<number>, f: (x: number, i: number) => number): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, f(data[i] as number, i));
  return largest;
};

/**
 * Builds a program step by step and computes it as it grows, so that every value stays finite, of moderate size and
 * well conditioned: what is not is taken back. A comparison of devices then needs no exceptions.
 */
export class Workbench {
  readonly random: Random;
  readonly wantsGradient: boolean;
  readonly definitions: Definition[] = [];
  readonly values: Value[] = [];
  readonly #oracle: Tensor[] = [];
  readonly #rounded: Tensor[] = [];

  constructor(random: Random, wantsGradient: boolean) {
    this.random = random;
    this.wantsGradient = wantsGradient;
  }

  /** Data of a new leaf: of floats, numbers of few bits or of many. */
  leaf(shape: readonly number[], dtype: FuzzDType, range?: readonly [number, number]): Value {
    const { random } = this;
    const [low, high] = range ?? (dtype === 'uint8' ? [0, 9] : dtype === 'bool' ? [0, 1] : [-4, 4]);
    const coarse = random.chance(0.5);
    const data = random.array(sizeOf(shape), (r) => {
      if (dtype !== 'float') return r.integer(low, high);
      return coarse ? r.integer(low * 4, high * 4) / 8 : Math.fround(r.uniform(low / 2, high / 2));
    });
    return this.#measure({ kind: 'leaf', shape, dtype, data }, dtype !== 'float' || coarse) as Value;
  }

  /** Adds a step if its value is fit for more. */
  add({ step, exactness, accept }: Proposal): Value | null {
    const definition: Step = { kind: 'step', ...step };
    const inputs = inputsOf(definition).map((id) => this.values[id] as Value);
    const exact =
      exactness !== 'rounds' &&
      inputs.every((value) => value.exact && (exactness === 'keeps' || isCoarseGrid(value.data)));
    return this.#measure(definition, exact, accept);
  }

  #measure(definition: Definition, exactInputs: boolean, accept?: (value: Value) => boolean): Value | null {
    const compute = (before: readonly Tensor[], float: 'float32' | 'float64'): Tensor => {
      setDefaultDtype(float);
      const place = { device: 'js', float, mode: 'stepwise' } as const;
      return (makeLeaf(definition, place, false) ?? callStep(definition as Step, before, float)).realize();
    };
    const oracle = compute(this.#oracle, 'float64');
    const rounded = compute(this.#rounded, 'float32');
    const data = oracle.dataSync();
    const other = rounded.dataSync();
    const float = isFloat(oracle.dtype);
    const value: Value = {
      id: this.definitions.length,
      shape: oracle.shape,
      dtype: oracle.dtype === 'float64' ? 'float' : (oracle.dtype as FuzzDType),
      data,
      high: largestOf(data, (x) => x),
      low: -largestOf(data, (x) => -x),
      error: Math.max(
        0,
        largestOf(data, (x, i) => Math.abs(x - (other[i] as number))),
      ),
      exact: !float || (exactInputs && isExactGrid(data)),
    };
    if (definition.kind === 'step' && !(isFit(value) && (accept?.(value) ?? true))) return null;
    this.definitions.push(definition);
    this.values.push(value);
    this.#oracle.push(oracle);
    this.#rounded.push(rounded);
    return value;
  }

  /** A value that `suits`, rather a recent one; `undefined` if there is none. */
  pick(suits: (value: Value) => boolean): Value | undefined {
    const list = this.values.filter(suits);
    if (list.length === 0) return undefined;
    return this.random.pick(this.random.chance(0.6) ? list.slice(-3) : list);
  }

  /** As `pick`, or a new leaf of the shape. */
  pickOrLeaf(
    shape: readonly number[],
    dtype: FuzzDType,
    suits: (value: Value) => boolean,
    range?: readonly [number, number],
  ): Value {
    const found = this.random.chance(0.8) ? this.pick((v) => v.dtype === dtype && suits(v)) : undefined;
    return found ?? this.leaf(shape, dtype, range);
  }
}

function isFit({ shape, dtype, data, low, high, error }: Value): boolean {
  if (data.length > MOST_ELEMENTS || shape.length > 5) return false;
  if (dtype !== 'float') return error === 0;
  if (data.length === 0) return true;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return largest <= LARGEST && error <= MOST_ERROR * Math.max(1, largest);
}

/** Whether rounding cannot bring a value across one of the places where `distance` is 0. */
export const keepsAway = (values: readonly Value[], distance: (i: number) => number): boolean => {
  if (values.every(({ exact }) => exact)) return true;
  const margin = Math.max(0.01, ...values.map(({ error }) => 100 * error));
  const size = Math.max(...values.map(({ data }) => data.length));
  for (let i = 0; i < size; i++) if (!(Math.abs(distance(i)) >= margin)) return false;
  return true;
};

/** Numbers as a leaf of floats holds them. */
export const leafOf = (shape: readonly number[], dtype: FuzzDType, data: ArrayLike<number>): Leaf => ({
  kind: 'leaf',
  shape,
  dtype,
  data: [...makeArray(dtype === 'float' ? 'float32' : dtype, data)],
});
