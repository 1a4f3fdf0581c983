/**
 * First values for parameters, with the names of torch.nn.init less their underscore: each function fills the tensor that
 * it is given and returns it.
 *
 * ```ts
 * model.apply((module) => {
 *   if (module instanceof Linear) init.xavierUniform(module.weight);
 * });
 * ```
 */
import { formatShape, sizeOf } from '../graph/shape.ts';
import { full, eye as identity, tensor as tensorOf } from '../tensor/creation.ts';
import { qr } from '../tensor/linalg/qr.ts';
import {
  normal as normalTensor,
  type RandomOptions,
  rand,
  uniform as uniformTensor,
} from '../tensor/random.ts';
import { truncatedNormal } from '../tensor/randomLike.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What values are drawn from: the default generator unless given. */
export type InitOptions = Pick<RandomOptions, 'generator'>;

/** What stands after a layer, by the names of methods. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** Binds `target` to values made on its device and in its dtype. A parameter stays one. */
function fill(
  target: Tensor,
  make: (options: RandomOptions) => Tensor,
  { generator }: InitOptions = {},
): Tensor {
  const { dtype, device } = target;
  scope(() => {
    const value = noGrad(() => make({ dtype, device, ...(generator && { generator }) }));
    target.assign(value.to(dtype)).realize();
  });
  return target;
}

/** Evenly distributed over [low, high). */
export const uniform = (target: Tensor, low = 0, high = 1, options: InitOptions = {}): Tensor =>
  fill(target, (made) => uniformTensor(low, high, target.shape, made), options);

/** Normally distributed. */
export const normal = (target: Tensor, mean = 0, std = 1, options: InitOptions = {}): Tensor =>
  fill(target, (made) => normalTensor(mean, std, target.shape, made), options);

export interface TruncNormalOptions extends InitOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1. */
  readonly std?: number;
  /** The least value. Default -2, in no unit of `std`. */
  readonly a?: number;
  /** The largest value. Default 2. */
  readonly b?: number;
}

/** Normally distributed, with what is outside [a, b] left out; see `truncatedNormal`. */
export function truncNormal(
  target: Tensor,
  { mean = 0, std = 1, a = -2, b = 2, ...options }: TruncNormalOptions = {},
): Tensor {
  return fill(target, (made) => truncatedNormal(mean, std, a, b, target.shape, made), options);
}

/** One value everywhere. */
export const constant = (target: Tensor, value: number): Tensor =>
  fill(target, (made) => full(target.shape, value, made));

export const ones = (target: Tensor): Tensor => constant(target, 1);

export const zeros = (target: Tensor): Tensor => constant(target, 0);

/** The identity, as far as a matrix has room for it. @throws RangeError for anything but a matrix. */
export function eye(target: Tensor): Tensor {
  const [rows, columns] = matrixShape('init.eye', target);
  return fill(target, (made) => identity(rows, columns, made));
}

/**
 * For the weight of a convolution, `[out, in / groups, ..kernel]`: each channel passes through unchanged, as far as there
 * are channels.
 * @throws RangeError for other shapes, or when the groups do not divide the outputs.
 */
export function dirac(target: Tensor, { groups = 1 }: { readonly groups?: number } = {}): Tensor {
  const { shape } = target;
  const [outputs, inputs, ...kernel] = shape as readonly [number, number, ...number[]];
  if (shape.length < 3 || shape.length > 5 || outputs % groups !== 0) {
    throw new RangeError(
      `init.dirac: expected a weight [out, in, ..kernel] with outputs that ${groups} groups divide, got ${formatShape(shape)}.`,
    );
  }
  const values = new Float32Array(target.size);
  const inside = sizeOf(kernel);
  const middle = kernel.reduce((offset, size) => offset * size + Math.floor(size / 2), 0);
  const perGroup = outputs / groups;
  for (let output = 0; output < outputs; output++) {
    const channel = output % perGroup;
    if (channel < inputs) values[(output * inputs + channel) * inside + middle] = 1;
  }
  return fill(target, (made) => tensorOf(values, { ...made, shape }));
}

export interface XavierOptions extends InitOptions {
  /** What values are multiplied by; see `calculateGain`. Default 1. */
  readonly gain?: number;
}

/**
 * Uniform in ±gain · √(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010).
 * @throws RangeError for fewer than two dimensions.
 */
export function xavierUniform(target: Tensor, { gain = 1, ...options }: XavierOptions = {}): Tensor {
  const { fanIn, fanOut } = fans('init.xavierUniform', target);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(target, -bound, bound, options);
}

/** Normal with standard deviation gain · √(2 / (fanIn + fanOut)). Otherwise as `xavierUniform`. */
export function xavierNormal(target: Tensor, { gain = 1, ...options }: XavierOptions = {}): Tensor {
  const { fanIn, fanOut } = fans('init.xavierNormal', target);
  return normal(target, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), options);
}

export interface KaimingOptions extends InitOptions {
  /** The slope of what is negative, for `leakyRelu`. Default 0. */
  readonly a?: number;
  /** Whether activations or gradients keep their size. Default `fanIn`: activations. */
  readonly mode?: 'fanIn' | 'fanOut';
  /** What stands after the layer. Default `leakyRelu`. */
  readonly nonlinearity?: Nonlinearity;
}

function kaimingStd(operation: string, target: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' } = options;
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(operation, target)[mode]);
}

/**
 * Uniform in ±gain · √(3 / fan) (He et al., arXiv:1502.01852).
 * @throws RangeError for fewer than two dimensions.
 */
export function kaimingUniform(target: Tensor, options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingStd('init.kaimingUniform', target, options);
  return uniform(target, -bound, bound, options);
}

/** Normal with standard deviation gain / √fan. Otherwise as `kaimingUniform`. */
export function kaimingNormal(target: Tensor, options: KaimingOptions = {}): Tensor {
  return normal(target, 0, kaimingStd('init.kaimingNormal', target, options), options);
}

/**
 * Rows that are orthogonal to each other (columns, if there are more rows than columns), all of length `gain` (Saxe et al.,
 * arXiv:1312.6120). Dimensions after the first count as one.
 * @throws RangeError for fewer than two dimensions.
 */
export function orthogonal(target: Tensor, { gain = 1, ...options }: XavierOptions = {}): Tensor {
  const { shape, size } = target;
  if (shape.length < 2) {
    throw new RangeError(`init.orthogonal: expected at least two dimensions, got ${formatShape(shape)}.`);
  }
  if (size === 0) return target;
  const rows = shape[0] as number;
  const columns = size / rows;
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  return fill(
    target,
    (made) => {
      const dtype = target.dtype === 'float64' ? 'float64' : 'float32';
      const [q, r] = qr(normalTensor(0, 1, [long, short], { ...made, dtype }));
      // Without the signs of the diagonal some orthogonal matrices would be likelier than others.
      const columnsOf = q.mul(r.diagonal().sign()).mul(gain);
      return (rows < columns ? columnsOf.T : columnsOf).reshape(shape);
    },
    options,
  );
}

export interface SparseOptions extends InitOptions {
  /** The standard deviation of what is not zero. Default 0.01. */
  readonly std?: number;
}

/**
 * Normal, but a part `sparsity` of each column, rounded up, zero (Martens, ICML 2010).
 * @throws RangeError for anything but a matrix and a part from 0 to 1.
 */
export function sparse(target: Tensor, sparsity: number, options: SparseOptions = {}): Tensor {
  const { std = 0.01, ...draw } = options;
  const [rows, columns] = matrixShape('init.sparse', target);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new RangeError(`init.sparse: the sparsity must be from 0 to 1, got ${sparsity}.`);
  }
  const zeroed = Math.ceil(sparsity * rows);
  return fill(
    target,
    (made) => {
      const rank = rand([rows, columns], { ...made, dtype: 'float32' })
        .argsort(0)
        .argsort(0);
      return normalTensor(0, std, [rows, columns], made).maskedFill(rank.lt(zeroed), 0);
    },
    draw,
  );
}

/**
 * By how much weights are to be larger because of what a nonlinearity takes away, as PyTorch recommends.
 *
 * @param slope of `leakyRelu` where its input is negative. Default 0.01
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      throw new RangeError(
        `init.calculateGain: '${nonlinearity as string}' is none of linear, sigmoid, tanh, relu, leakyRelu, selu.`,
      );
  }
}

/** How many inputs each output of a layer has, and how many outputs each input. The weight is `[out, in, ..kernel]`. */
function fans(operation: string, { shape }: Tensor): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length < 2) {
    throw new RangeError(
      `${operation}: expected a weight [out, in, ..], got ${formatShape(shape)}; use init.uniform or init.zeros for biases.`,
    );
  }
  const [outputs, inputs, ...kernel] = shape as readonly [number, number, ...number[]];
  const inside = sizeOf(kernel);
  return { fanIn: inputs * inside, fanOut: outputs * inside };
}

function matrixShape(operation: string, { shape }: Tensor): readonly [rows: number, columns: number] {
  if (shape.length === 2) return shape as readonly [number, number];
  throw new RangeError(`${operation}: expected a matrix, got ${formatShape(shape)}.`);
}
