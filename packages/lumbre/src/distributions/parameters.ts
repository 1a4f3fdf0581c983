import { isFloat } from '../graph/dtype.ts';
import { broadcastShapes, type Shape } from '../graph/shape.ts';
import { defaultDevice } from '../runtime/devices.ts';
import { full } from '../tensor/creation.ts';
import { defaultDtype } from '../tensor/defaults.ts';
import { commonDevice, isTensor, type TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What the values of a parameter must be. */
export interface Constraint {
  readonly description: string;
  readonly holds: (value: number) => boolean;
}

export const real: Constraint = { description: 'a finite number', holds: Number.isFinite };
export const positive: Constraint = {
  description: 'positive and finite',
  holds: (value) => value > 0 && value < Number.POSITIVE_INFINITY,
};
export const notNegative: Constraint = { description: 'not negative', holds: (value) => value >= 0 };
export const probability: Constraint = {
  description: 'a probability from 0 to 1',
  holds: (value) => value >= 0 && value <= 1,
};
export const notNaN: Constraint = { description: 'a number', holds: (value) => !Number.isNaN(value) };

/** A parameter and what is asked of it. */
export interface Checked {
  readonly name: string;
  readonly tensor: Tensor;
  readonly constraint: Constraint;
}

const shapeOf = (parameter: TensorLike): Shape => (isTensor(parameter) ? parameter.shape : []);

export const asFloat = (tensor: Tensor): Tensor =>
  isFloat(tensor.dtype) ? tensor : tensor.to(defaultDtype());

/**
 * Parameters as float tensors of one shape. Plain numbers are checked now; tensors by `validate`.
 * @throws RangeError for a number that is not allowed, or for shapes that do not broadcast.
 */
export function broadcastParameters(
  distribution: string,
  parameters: Readonly<Record<string, readonly [value: TensorLike, constraint: Constraint]>>,
): { readonly tensors: readonly Tensor[]; readonly shape: Shape; readonly checked: readonly Checked[] } {
  const entries = Object.entries(parameters);
  const given = entries.map(([, [value]]) => value);
  const shape = given.map(shapeOf).reduce((a, b) => broadcastShapes(distribution, a, b));
  const present = given.filter(isTensor).map(asFloat);
  const device = present.length > 0 ? commonDevice(distribution, present) : defaultDevice();
  const dtype = present.some((t) => t.dtype === 'float64')
    ? 'float64'
    : (present[0]?.dtype ?? defaultDtype());
  let next = 0;
  const tensors = entries.map(([name, [value, constraint]]) => {
    if (isTensor(value)) return (present[next++] as Tensor).to(dtype).expand([...shape]);
    if (!constraint.holds(Number(value))) {
      throw new RangeError(
        `${distribution}: ${name} must be ${constraint.description}, not ${String(value)}.`,
      );
    }
    return full(shape, Number(value), { dtype, device });
  });
  const checked = entries.map(([name, [, constraint]], i) => ({
    name,
    constraint,
    tensor: tensors[i] as Tensor,
  }));
  return { tensors, shape, checked };
}

/** A number or tensor of values, as a tensor beside `parameter`. */
export const valueBeside = (value: TensorLike, parameter: Tensor): Tensor =>
  isTensor(value) ? value : full([], Number(value), { dtype: parameter.dtype, device: parameter.device });
