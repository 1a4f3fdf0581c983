import { keep } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

const parameters = new WeakSet<Tensor>();
/** The buffers, and whether each is part of a module's state. */
const buffers = new WeakMap<Tensor, boolean>();

/**
 * Makes a tensor a parameter: what training changes. Assign it to a property of a Module, which finds it there. It is
 * computed at once, requires a gradient, and outlives every scope.
 */
export function parameter(value: Tensor): Tensor {
  keep(value).realize();
  value.requiresGrad = true;
  parameters.add(value);
  return value;
}

export interface BufferOptions {
  /** Whether `stateDict` has it. Default true. */
  readonly persistent?: boolean;
}

/** Makes a tensor a buffer: state of a Module that no gradient changes, such as a running mean. */
export function buffer(value: Tensor, { persistent = true }: BufferOptions = {}): Tensor {
  buffers.set(keep(value), persistent);
  return value;
}

export const isParameter = (value: unknown): value is Tensor => parameters.has(value as Tensor);
export const isBuffer = (value: unknown): value is Tensor => buffers.has(value as Tensor);
export const isPersistent = (value: Tensor): boolean => buffers.get(value) ?? true;
