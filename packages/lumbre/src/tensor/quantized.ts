import * as build from '../graph/builder.ts';
import { arithmeticDtype } from '../graph/dtype.ts';
import { makeNode } from '../graph/node.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import { castOn, commonDevice } from './operands.ts';
import { Tensor } from './tensor.ts';

/** Rows of whole numbers, and what one is worth in each: weight[i] ≈ values[i] · scale[i]. */
export interface QuantizedWeight {
  /** int8 `[out, in]` */
  readonly values: Tensor;
  /** float32 `[out]` */
  readonly scale: Tensor;
}

/**
 * A weight `[out, in]` in 8 bits, each row scaled so that its largest element becomes ±127 (symmetric, absmax): a quarter
 * of the memory.
 * @throws RangeError for anything but a matrix.
 */
export function quantizeRows(weight: Tensor): QuantizedWeight {
  if (weight.ndim !== 2) {
    throw new RangeError(`quantizeRows: expected a weight [out, in], got ${formatShape(weight.shape)}.`);
  }
  const plain = weight.detach().to(arithmeticDtype(weight.dtype));
  const scale = plain.abs().amax(1).div(127);
  const divisor = scale.where(scale.ne(0), 1).unsqueeze(1);
  return { values: plain.div(divisor).round().to('int8'), scale };
}

/**
 * x · weightᵀ with a weight in 8 bits. Each row of x is rounded to 13 bits, and products are summed up as whole numbers:
 * a token of a language model reads a quarter of the bytes. No gradient flows.
 *
 * @param x `[.., in]`
 * @returns `[.., out]`
 * @throws RangeError when shapes do not fit.
 */
export function quantizedLinear(x: Tensor, { values, scale }: QuantizedWeight): Tensor {
  const device = commonDevice('quantizedLinear', [x, values, scale]);
  const [out, size] = values.shape as readonly [number, number];
  if (x.ndim === 0 || x.shape.at(-1) !== size) {
    throw new RangeError(
      `quantizedLinear: x ${formatShape(x.shape)} and weight ${formatShape(values.shape)} do not fit; the last ` +
        'dimension of x must be that of the weight.',
    );
  }
  const rows = sizeOf(x.shape.slice(0, -1));
  const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
  const flat = build.contiguous(
    build.reshape(castOn('quantizedLinear', x.detach().node, dtype, device), [rows, size]),
  );
  const scales = castOn('quantizedLinear', scale.node, dtype, device);
  const product = makeNode('quantizedDot', [flat, values.node, scales], null);
  return new Tensor(build.reshape(product, [...x.shape.slice(0, -1), out]), device).to(x.dtype);
}
