import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { observed } from './observer.ts';
import { castOn, inArithmetic, inDomain } from './operands.ts';
import { uploadNode } from './realize.ts';
import { type PerDimension, perDimension } from './spatial.ts';
import type { Tensor } from './tensor.ts';

export interface InterpolateOptions {
  /** The sizes that come out; this or `scaleFactor`. */
  readonly size?: PerDimension;
  /** Output sizes are input sizes times this, rounded down. */
  readonly scaleFactor?: PerDimension;
  /** `linear` is for one dimension and `bilinear` for two. Default `nearest`. */
  readonly mode?: 'nearest' | 'linear' | 'bilinear';
  /** Whether the first and the last elements keep their places; else the borders of the image do. Not for `nearest`. */
  readonly alignCorners?: boolean;
}

/** How one dimension is read: `count` elements, from one to the next by `step` of the source's. */
interface Resampling {
  readonly axis: number;
  readonly count: number;
  readonly step: number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Values of each position along `axis`, seen in the shape of a result. */
function along(
  values: readonly number[],
  axis: number,
  like: Node,
  dtype: Node['dtype'],
  device: string,
): Node {
  const alone = like.shape.map((_, i) => (i === axis ? values.length : 1));
  return build.expand(uploadNode(device, dtype, alone, values), like.shape.with(axis, values.length));
}

const pick = (a: Node, axis: number, indices: readonly number[], device: string): Node =>
  build.gather(a, along(indices, axis, a, 'int32', device), axis);

/** By what whole number an axis grows, or 0. */
function wholeFactor(size: number, { count, step }: Resampling): number {
  const factor = count / size;
  return Number.isInteger(factor) && step === 1 / factor ? factor : 0;
}

/** Every element `factor` times. */
function repeatEach(a: Node, axis: number, factor: number): Node {
  const apart = a.shape.toSpliced(axis + 1, 0, 1);
  const repeated = build.expand(build.reshape(a, apart), apart.with(axis + 1, factor));
  return build.reshape(repeated, a.shape.with(axis, (a.shape[axis] as number) * factor));
}

function nearest(a: Node, resampling: Resampling, device: string): Node {
  const { axis, count, step } = resampling;
  const size = a.shape[axis] as number;
  const factor = wholeFactor(size, resampling);
  if (factor > 0) return repeatEach(a, axis, factor);
  if (Number.isInteger(step) && (count - 1) * step < size) {
    const ones = a.shape.map(() => 1);
    return build.shrink(
      a,
      ones.fill(0),
      a.shape.with(axis, count),
      a.shape.map((_, i) => (i === axis ? step : 1)),
    );
  }
  const indices = range(count).map((i) => Math.min(Math.floor(i * step), size - 1));
  return pick(a, axis, indices, device);
}

const mix = (left: Node, right: Node, share: Node): Node =>
  build.add(build.mul(left, build.sub(build.full(share, 1), share)), build.mul(right, share));

/** `a` with its first element once more in front, and with its last once more behind. */
function neighbours(a: Node, axis: number): [left: Node, right: Node] {
  const none = a.shape.map(() => 0);
  const one = none.with(axis, 1);
  const size = a.shape[axis] as number;
  const edge = (at: number) => build.shrink(a, none.with(axis, at), a.shape.with(axis, 1));
  const most = none.with(axis, size);
  return [
    build.add(build.pad(edge(0), none, most), build.pad(a, one, none)),
    build.add(build.pad(a, none, one), build.pad(edge(size - 1), most, none)),
  ];
}

/**
 * Between every element and the next lie `factor` points, the same ones everywhere: no index has to be looked up, and the
 * gradient is a sum over them.
 */
function growLinear(a: Node, axis: number, factor: number): Node {
  const size = a.shape[axis] as number;
  const shape = a.shape.toSpliced(axis, 1, size + 1, factor);
  const [left, right] = neighbours(a, axis).map((side) =>
    build.expand(build.reshape(side, shape.with(axis + 1, 1)), shape),
  ) as [Node, Node];
  // With an even factor, points lie half a step off.
  const first = factor % 2 === 0 ? 0.5 : 0;
  const point = build.cast(build.iota(shape, axis + 1), a.dtype);
  const share = build.mul(build.add(point, build.full(point, first)), build.full(point, 1 / factor));
  const mixed = build.reshape(mix(left, right, share), a.shape.with(axis, (size + 1) * factor));
  const start = a.shape.map((_, i) => (i === axis ? Math.floor((factor + 1) / 2) : 0));
  return build.shrink(mixed, start, a.shape.with(axis, size * factor));
}

function linear(a: Node, resampling: Resampling, alignCorners: boolean, device: string): Node {
  const { axis, count, step } = resampling;
  const size = a.shape[axis] as number;
  const factor = alignCorners ? 0 : wholeFactor(size, resampling);
  if (factor === 1 || (alignCorners && count === size)) return a;
  if (factor > 1) return growLinear(a, axis, factor);
  const positions = range(count).map((i) => {
    if (alignCorners) return count === 1 ? 0 : (i * (size - 1)) / (count - 1);
    return Math.min(Math.max((i + 0.5) * step - 0.5, 0), size - 1);
  });
  const lower = positions.map(Math.floor);
  const left = pick(a, axis, lower, device);
  const right = pick(
    a,
    axis,
    lower.map((i) => Math.min(i + 1, size - 1)),
    device,
  );
  const shares = positions.map((position, i) => position - (lower[i] as number));
  return mix(left, right, along(shares, axis, left, a.dtype, device));
}

function resamplings(input: Tensor, rank: number, { size, scaleFactor }: InterpolateOptions): Resampling[] {
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new TypeError('interpolate: give either size or scaleFactor.');
  }
  const sizes = input.shape.slice(2);
  if (size !== undefined) {
    return perDimension('interpolate', 'size', size, rank, 1).map((count, i) => ({
      axis: i + 2,
      count,
      step: (sizes[i] as number) / count,
    }));
  }
  const factors =
    typeof scaleFactor === 'number' ? new Array<number>(rank).fill(scaleFactor) : (scaleFactor ?? []);
  if (factors.length !== rank || !factors.every((factor) => factor > 0 && Number.isFinite(factor))) {
    throw new RangeError(
      `interpolate: scaleFactor is ${scaleFactor}; expected a positive number, or ${rank} of them.`,
    );
  }
  return factors.map((factor, i) => ({
    axis: i + 2,
    count: Math.floor((sizes[i] as number) * factor),
    step: 1 / factor,
  }));
}

function resample(input: Tensor, options: InterpolateOptions): Tensor {
  const { mode = 'nearest', alignCorners } = options;
  const rank = input.ndim - 2;
  if (rank !== 1 && rank !== 2) {
    throw new RangeError(
      `interpolate: input has shape ${formatShape(input.shape)}; expected [batch, channels, length] or [batch, channels, ` +
        'height, width].',
    );
  }
  const expected = rank === 1 ? 'linear' : 'bilinear';
  if (mode !== 'nearest' && mode !== expected) {
    throw new TypeError(
      `interpolate: mode '${mode}' does not go with ${formatShape(input.shape)}; use 'nearest' or '${expected}'.`,
    );
  }
  if (mode === 'nearest' && alignCorners !== undefined) {
    throw new TypeError(`interpolate: alignCorners is for '${expected}'; 'nearest' has none.`);
  }
  const all = resamplings(input, rank, options);
  if (input.shape.slice(2).includes(0) || all.some(({ count }) => count < 1)) {
    throw new RangeError(
      `interpolate: ${formatShape(input.shape)} to size ${formatShape(all.map(({ count }) => count))}; neither may be ` +
        'empty.',
    );
  }
  const { device } = input;
  const dtype = mode === 'nearest' ? input.dtype : inDomain(input.dtype, 'float');
  const a = castOn('interpolate', input.node, dtype, device);
  if (mode === 'nearest') {
    return wrapNode(
      all.reduce((seen, resampling) => nearest(seen, resampling, device), a),
      device,
    );
  }
  const blended = inArithmetic([a], (wide) =>
    all.reduce((seen, resampling) => linear(seen, resampling, alignCorners ?? false, device), wide),
  );
  return wrapNode(blended, device);
}

/**
 * Images of another size, as PyTorch's F.interpolate: [batch, channels, length] or [batch, channels, height, width].
 * `nearest` keeps the dtype; the others turn integers into floats.
 * @throws RangeError for shapes, sizes and factors that do not fit; TypeError for both or neither of `size` and
 *   `scaleFactor`, and for a mode or `alignCorners` that does not go with the input.
 */
export const interpolate = /* @__PURE__ */ observed('interpolate', resample);
