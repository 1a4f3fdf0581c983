import { type DType, dtypes, isDType, isFloat } from '../graph/dtype.ts';
import { getDevice } from '../runtime/devices.ts';

let defaultFloat: DType = 'float32';

/** The dtype of tensors made from JavaScript numbers, and of results of integers that cannot be integers. */
export const defaultDtype = (): DType => defaultFloat;

/**
 * Chooses the float dtype for tensors made from now on: `float32`; `float64` for checking numerics on a device that has
 * it; `float16` or `bfloat16` to save memory.
 * @throws TypeError if `dtype` is not a float dtype.
 */
export function setDefaultDtype(dtype: DType): void {
  if (!isDType(dtype) || !isFloat(dtype)) {
    throw new TypeError(
      `setDefaultDtype: expected one of ${dtypes.filter(isFloat).join(', ')}, got '${dtype}'.`,
    );
  }
  defaultFloat = dtype;
}

/** Passes on a dtype that `device` can compute with. @throws TypeError if it cannot, or if there is no such dtype. */
export function supported(operation: string, dtype: DType, device: string): DType {
  if (!isDType(dtype)) {
    throw new TypeError(`${operation}: there is no dtype '${dtype}'; choose one of ${dtypes.join(', ')}.`);
  }
  if (!getDevice(device).supports(dtype)) {
    throw new TypeError(
      `${operation}: device '${device}' has no ${dtype}; use another dtype, or device 'js', which has them all.`,
    );
  }
  return dtype;
}
