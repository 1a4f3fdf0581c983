import { arithmeticDtype, type DType, promote } from '../../graph/dtype.ts';
import { commonDevice, inDomain, isTensor } from '../operands.ts';
import type { Tensor } from '../tensor.ts';

/** Tensors brought to one float dtype, and the dtype of the result. */
export interface Floats {
  /** In the dtype that arithmetic is done in: float32 for 16-bit floats. */
  readonly operands: readonly Tensor[];
  /** What the result is rounded to. */
  readonly dtype: DType;
}

/**
 * The operands of a function that computes with floats: promoted, integers and bools converted to the default float dtype,
 * 16-bit floats widened for as long as it computes.
 * @throws TypeError for what is no tensor, Error for different devices.
 */
export function floats(operation: string, ...tensors: readonly Tensor[]): Floats {
  for (const x of tensors) checkTensor(operation, x);
  commonDevice(operation, tensors);
  const dtype = inDomain(tensors.map((x) => x.dtype).reduce(promote), 'float');
  return { operands: tensors.map((x) => x.to(arithmeticDtype(dtype))), dtype };
}

export function checkTensor(operation: string, x: unknown): asserts x is Tensor {
  if (isTensor(x)) return;
  const got = Array.isArray(x) ? 'an array' : x === null ? 'null' : typeof x;
  throw new TypeError(`${operation}: expected a tensor, got ${got}; wrap data in tensor(…).`);
}
