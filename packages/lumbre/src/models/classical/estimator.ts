import type { DType, NumericArray } from '../../graph/dtype.ts';
import { formatShape } from '../../graph/shape.ts';
import { tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import { keep } from '../../tensor/scope.ts';
import { Tensor } from '../../tensor/tensor.ts';

/** A tensor as JSON. */
export interface SavedTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What `toJSON` gives and `loadJSON` takes. */
export interface SavedEstimator {
  /** The name of the class. */
  readonly estimator: string;
  /** The options that it was made with, but for tensors and generators. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly tensors: Readonly<Record<string, SavedTensor>>;
}

/** What models that are fitted have in common: values found by `fit`, which can be saved, loaded and given back. */
export abstract class Estimator {
  /** The options, as given. */
  abstract readonly config: object;
  readonly #tensors = new Map<string, Tensor>();
  readonly #numbers = new Map<string, number>();

  /** The name that errors and files call it. */
  get name(): string {
    return this.constructor.name;
  }

  /** Takes a value found by fitting; the old one is disposed of. */
  protected setTensor(name: string, value: Tensor): void {
    const old = this.#tensors.get(name);
    if (old !== value) old?.dispose();
    this.#tensors.set(name, keep(value));
  }

  /** As `setTensor`, from the host, where `like` is and in its dtype. */
  protected setValues(
    name: string,
    values: ArrayLike<number>,
    shape: readonly number[],
    like: Pick<Tensor, 'device' | 'dtype'>,
  ): void {
    const { device, dtype } = like;
    this.setTensor(name, tensor(Float64Array.from(values), { shape, device, dtype }));
  }

  protected setNumber(name: string, value: number): void {
    this.#numbers.set(name, value);
  }

  /** @throws Error before `fit`. */
  protected tensorOf(name: string): Tensor {
    const found = this.#tensors.get(name);
    if (found) return found;
    throw new Error(`${this.name}: ${name} is not known yet; call fit() first, or load what was saved.`);
  }

  /** @throws Error before `fit`. */
  protected numberOf(name: string): number {
    const found = this.#numbers.get(name);
    if (found !== undefined) return found;
    throw new Error(`${this.name}: ${name} is not known yet; call fit() first, or load what was saved.`);
  }

  /** Whether there is something to predict with. */
  get fitted(): boolean {
    return this.#tensors.size > 0;
  }

  /** The tensors themselves, not copies: for a file of safetensors. */
  stateDict(): Map<string, Tensor> {
    return new Map(this.#tensors);
  }

  /** Takes copies of tensors that `stateDict` gave. */
  loadStateDict(state: ReadonlyMap<string, Tensor>): this {
    for (const [name, value] of state) {
      const { device, dtype, shape } = value;
      this.setTensor(name, tensor(value.dataSync(), { device, dtype, shape }));
    }
    return this;
  }

  /** All that `loadJSON` of another one needs to predict as this one does. */
  toJSON(): SavedEstimator {
    const plain = (value: unknown) => !(value instanceof Tensor || value instanceof Generator);
    const tensors = [...this.#tensors].map(([name, value]) => {
      const { dtype, shape } = value;
      return [name, { dtype, shape: [...shape], data: Array.from(value.dataSync()) }] as const;
    });
    return {
      estimator: this.name,
      config: Object.fromEntries(Object.entries(this.config).filter(([, value]) => plain(value))),
      numbers: Object.fromEntries(this.#numbers),
      tensors: Object.fromEntries(tensors),
    };
  }

  /**
   * Takes what `toJSON` gave: `new KMeans(saved.config).loadJSON(saved)`.
   * @param options.device where tensors are to be; the default device unless given
   * @throws Error for what another kind of model saved.
   */
  loadJSON(saved: SavedEstimator, { device }: { readonly device?: string } = {}): this {
    if (saved.estimator !== this.name) {
      throw new Error(
        `${this.name}.loadJSON: this was saved by ${saved.estimator}; load it with that class.`,
      );
    }
    for (const [name, { dtype, shape, data }] of Object.entries(saved.tensors)) {
      // Only the oracle has double precision.
      const place = device ?? (dtype === 'float64' ? 'js' : undefined);
      const options = { dtype, shape, ...(place !== undefined && { device: place }) };
      this.setTensor(name, tensor(Float64Array.from(data), options));
    }
    for (const [name, value] of Object.entries(saved.numbers)) this.setNumber(name, value);
    return this;
  }

  /** Gives back the memory of what was fitted. */
  dispose(): void {
    for (const value of this.#tensors.values()) value.dispose();
    this.#tensors.clear();
    this.#numbers.clear();
  }
}

/** Samples, one a row: a tensor [n, d], or arrays of equal length. */
export type Samples = Tensor | readonly ArrayLike<number>[];

/** Samples where they are computed with, and on the host. */
export interface Features {
  /** [rows, columns], of a float dtype, without gradient; whoever asked for it disposes of it. */
  readonly x: Tensor;
  readonly host: NumericArray;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Samples as a tensor of its own. Arrays are float32 on the default device, and a tensor stays where it is, unless there
 * is a fitted tensor that they meet: then they go where it is.
 *
 * @param like the fitted tensor
 * @param columns how many there must be
 * @throws RangeError for what is no matrix of finite numbers.
 */
export function featuresOf(operation: string, X: Samples, columns?: number, like?: Tensor): Features {
  const target = like && { device: like.device, dtype: like.dtype };
  const given = X instanceof Tensor ? X : tensor(X as readonly number[][], target);
  const x = keep(moved(given, target));
  try {
    const [rows, width] = x.shape;
    if (x.ndim !== 2 || rows === undefined || width === undefined || rows * width === 0) {
      throw new RangeError(
        `${operation}: expected samples [n, d], at least one of each, got shape ${formatShape(x.shape)}; flatten what ` +
          'has more dimensions.',
      );
    }
    if (columns !== undefined && width !== columns) {
      throw new RangeError(
        `${operation}: the samples have ${width} columns, expected ${columns} as those that it was fitted to.`,
      );
    }
    const host = x.dataSync();
    for (let i = 0; i < host.length; i++) {
      if (Number.isFinite(host[i])) continue;
      throw new RangeError(
        `${operation}: the samples have ${host[i]} in row ${Math.floor(i / width)}, column ${i % width}; all must be ` +
          'finite. Drop such rows or fill them in.',
      );
    }
    return { x, host, rows, columns: width };
  } catch (error) {
    x.dispose();
    throw error;
  } finally {
    if (given !== X) given.dispose();
  }
}

/** The values of a tensor in a float dtype, on a device: those of the target, or its own. */
function moved(given: Tensor, target: Pick<Tensor, 'device' | 'dtype'> | undefined): Tensor {
  const { device, dtype, shape } = given;
  const own = dtype === 'float32' || dtype === 'float64' ? dtype : 'float32';
  if (target && target.device !== device) return tensor(given.dataSync(), { shape, ...target });
  return given.detach().to(target?.dtype ?? own);
}

/** Targets of each sample: numbers, or rows of them. */
export type Targets = Tensor | ArrayLike<number> | readonly ArrayLike<number>[];

/** Targets on the host, in double precision. */
export interface HostTargets {
  /** [rows, outputs] */
  readonly values: Float64Array;
  readonly outputs: number;
  /** Whether they were given as one number a sample. */
  readonly single: boolean;
}

/** @throws RangeError for another number of samples than `rows`, and for NaN. */
export function targetsOf(operation: string, y: Targets, rows: number): HostTargets {
  const given = y instanceof Tensor ? y : tensor(y as readonly number[], { dtype: 'float64', device: 'js' });
  const { shape } = given;
  const values = Float64Array.from(given.dataSync());
  if (given !== y) given.dispose();
  if (shape.length < 1 || shape.length > 2 || shape[0] !== rows) {
    throw new RangeError(
      `${operation}: the targets have shape ${formatShape(shape)}, expected [${rows}] or [${rows}, outputs]: one row for ` +
        'each sample.',
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${operation}: the targets have ${values[bad]} at position ${bad}.`);
  return { values, outputs: shape[1] ?? 1, single: shape.length === 1 };
}

/** @throws RangeError unless `value` is an integer in a range. */
export function checkInteger(
  operation: string,
  name: string,
  value: number,
  least: number,
  most = Infinity,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `an integer from ${least}` : `an integer from ${least} to ${most}`;
  throw new RangeError(`${operation}: ${name} must be ${range}, not ${value}.`);
}

/** @throws RangeError unless `value` is a number of at least `least`. */
export function checkNumber(operation: string, name: string, value: number, least: number): void {
  if (value >= least) return;
  throw new RangeError(`${operation}: ${name} must be a number of at least ${least}, not ${value}.`);
}

/** In double precision. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}
