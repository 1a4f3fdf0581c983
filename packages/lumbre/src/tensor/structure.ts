import { TensorCore } from './core.ts';
import type { Tensor } from './tensor.ts';

const isTensor = (value: unknown): value is Tensor => value instanceof TensorCore;

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A copy of nested arrays and plain objects with every leaf that `matches` replaced; other values stay as they are. */
export function mapStructure<Leaf>(
  value: unknown,
  matches: (value: unknown) => value is Leaf,
  replace: (leaf: Leaf) => unknown,
): unknown {
  if (matches(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapStructure(item, matches, replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapStructure(item, matches, replace)]),
  );
}

export const mapTensors = (value: unknown, replace: (tensor: Tensor) => unknown): unknown =>
  mapStructure(value, isTensor, replace);

/** The tensors in nested arrays and plain objects, in order. */
export function collectTensors(value: unknown): Tensor[] {
  const tensors: Tensor[] = [];
  mapTensors(value, (tensor) => tensors.push(tensor));
  return tensors;
}
