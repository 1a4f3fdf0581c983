import * as build from '../graph/builder.ts';
import { arithmeticDtype, type DType, isFloat, isHalf, promote, toDType } from '../graph/dtype.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { broadcastShapes, formatShape, type Shape, sameShape } from '../graph/shape.ts';
import { TensorCore, wrapNode } from './core.ts';
import { defaultDtype, supported } from './defaults.ts';
import type { Tensor } from './tensor.ts';

/** What stands for a tensor in arithmetic: a number or boolean becomes a constant of the fitting dtype. */
export type TensorLike = Tensor | number | boolean;

/** Sizes or axes, one by one or as one array. */
export type Numbers = readonly number[] | readonly [readonly number[]];

/**
 * In which dtype an operation computes: in the promoted dtype of its operands as it is (`any`), with bool counted as
 * int32 (`number`), or with everything that is not a float converted to the default float dtype (`float`).
 */
export type Domain = 'any' | 'number' | 'float';

export const isTensor = (value: unknown): value is Tensor => value instanceof TensorCore;

export const listNumbers = (numbers: Numbers): readonly number[] =>
  Array.isArray(numbers[0]) ? numbers[0] : (numbers as readonly number[]);

const fitsInt32 = (value: number) => Number.isInteger(value) && value === (value | 0);

/** The smallest dtype for a JavaScript value: a number that is not an int32 needs a float. */
function dtypeOfValue(value: number | boolean): DType {
  if (typeof value === 'boolean') return 'bool';
  if (!fitsInt32(value)) return defaultDtype();
  return value >= 0 && value <= 255 ? 'uint8' : 'int32';
}

/** The dtype of a number beside tensors of `dtype`: theirs, unless they cannot hold it. */
function dtypeBeside(dtype: DType, value: number | boolean): DType {
  if (isFloat(dtype)) return dtype;
  if (dtype === 'int8' && typeof value === 'number' && toDType(value, 'int8') === value) return dtype;
  const own = dtypeOfValue(value);
  return dtype === 'bool' && own === 'uint8' ? 'int32' : promote(dtype, own);
}

export function inDomain(dtype: DType, domain: Domain): DType {
  if (domain === 'float' && !isFloat(dtype)) return defaultDtype();
  if (domain === 'number' && dtype === 'bool') return 'int32';
  return dtype;
}

function checkOperand(operation: string, operand: TensorLike): void {
  if (typeof operand === 'number' || typeof operand === 'boolean' || isTensor(operand)) return;
  const got = operand === null ? 'null' : Array.isArray(operand) ? 'an array' : typeof operand;
  throw new TypeError(
    `${operation}: expected a tensor, a number or a boolean, got ${got}; wrap data in tensor(…).`,
  );
}

/** What lives on a device. */
interface Placed {
  readonly device: string;
}

/** The device that all tensors are on. @throws Error naming both when they are on two. */
export function commonDevice(operation: string, tensors: readonly Placed[]): string {
  const { device } = tensors[0] as Placed;
  for (const other of tensors) {
    if (other.device !== device) {
      throw new Error(
        `${operation}: one tensor is on device '${device}' and another on '${other.device}'; make both on one device.`,
      );
    }
  }
  return device;
}

/** A conversion that the device can do. */
export const castOn = (operation: string, node: Node, dtype: DType, device: string): Node =>
  node.dtype === dtype ? node : build.cast(node, supported(operation, dtype, device));

/** The node seen in a larger shape by NumPy's rule: sizes of 1 in front, then sizes of 1 grow. */
export function broadcastNode(node: Node, shape: Shape): Node {
  if (sameShape(node.shape, shape)) return node;
  const missing = shape.length - node.shape.length;
  const padded = missing > 0 ? build.reshape(node, [...Array<number>(missing).fill(1), ...node.shape]) : node;
  return build.expand(padded, shape);
}

/** The operands of an elementwise operation, in one dtype and one shape. */
export interface Operands {
  readonly nodes: readonly Node[];
  readonly device: string;
}

/**
 * Brings operands, of which at least one is a tensor, to one dtype and one shape.
 * @throws RangeError when shapes do not broadcast, TypeError for what is no operand, Error for different devices.
 */
export function alignOperands(operation: string, operands: readonly TensorLike[], domain: Domain): Operands {
  for (const operand of operands) checkOperand(operation, operand);
  const tensors = operands.filter(isTensor);
  const device = commonDevice(operation, tensors);
  let dtype = tensors.map((t) => t.dtype).reduce(promote);
  for (const operand of operands) if (!isTensor(operand)) dtype = promote(dtype, dtypeBeside(dtype, operand));
  dtype = inDomain(dtype, domain);
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(operation, a, b));
  // A 16-bit float is compared with what it can hold, and computes with numbers as they are.
  const precision = domain === 'any' ? dtype : arithmeticDtype(dtype);
  const nodes = operands.map((operand) =>
    isTensor(operand)
      ? broadcastNode(castOn(operation, operand.node, dtype, device), shape)
      : build.constant(shape, dtype, toDType(Number(operand), precision)),
  );
  return { nodes, device };
}

/**
 * Computes with 16-bit floats as PyTorch does: in float32 from end to end of one operation, whatever that is composed
 * of, and rounded once, to the dtype of the operands. Results of other dtypes stay as they are, and so does all that is
 * computed from other dtypes.
 */
export function inArithmetic(nodes: readonly Node[], compute: (...nodes: Node[]) => Node): Node {
  const { dtype } = nodes[0] as Node;
  if (!isHalf(dtype)) return compute(...nodes);
  const wide = arithmeticDtype(dtype);
  const widened = nodes.map((node) =>
    node.op === 'const'
      ? build.constant(node.shape, wide, (node.arg as OpArgs['const']).value)
      : build.cast(node, wide),
  );
  const result = compute(...widened);
  return result.dtype === wide ? build.cast(result, dtype) : result;
}

/** A method of one operand: its node in the domain, what `compute` makes of it as a tensor. */
export function unary(operation: string, tensor: Tensor, domain: Domain, compute: (a: Node) => Node): Tensor {
  const { node, device } = tensor;
  const operand = castOn(operation, node, inDomain(node.dtype, domain), device);
  return wrapNode(inArithmetic([operand], compute), device);
}

/** A method of two operands. */
export function binary(
  operation: string,
  tensor: Tensor,
  other: TensorLike,
  domain: Domain,
  compute: (a: Node, b: Node) => Node,
): Tensor {
  const { nodes, device } = alignOperands(operation, [tensor, other], domain);
  return wrapNode(inArithmetic(nodes, compute), device);
}

/**
 * A value to write into a tensor of `dtype`, broadcast to `shape`: it must be one that the dtype can hold.
 * @throws TypeError for a value of a wider dtype, RangeError for a shape that does not broadcast.
 */
export function valueNode(
  operation: string,
  value: TensorLike,
  shape: Shape,
  dtype: DType,
  device: string,
): Node {
  checkOperand(operation, value);
  if (!isTensor(value)) {
    const number = Number(value);
    if (!isFloat(dtype) && toDType(number, dtype) !== number) {
      throw new RangeError(`${operation}: ${value} is no ${dtype}; convert the tensor first.`);
    }
    return build.constant(shape, dtype, number);
  }
  if (promote(value.dtype, dtype) !== dtype) {
    throw new TypeError(
      `${operation}: cannot write ${value.dtype} into ${dtype}; convert the value with .to('${dtype}').`,
    );
  }
  if (!sameShape(broadcastShapes(operation, value.shape, shape), shape)) {
    throw new RangeError(
      `${operation}: a value of shape ${formatShape(value.shape)} does not broadcast to ${formatShape(shape)}, which is ` +
        'what is written to.',
    );
  }
  return broadcastNode(castOn(operation, value.node, dtype, device), shape);
}
