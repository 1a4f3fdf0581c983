import * as tensors from '../../src/index.ts';
import { Tensor } from '../../src/index.ts';

/** An argument as JSON: `{ input: i }` stands for a tensor, and what JSON has no number for is a string. */
export type Argument =
  | number
  | string
  | boolean
  | null
  | readonly Argument[]
  | { readonly [name: string]: Argument };

const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

export const toNumber = (value: number | string): number =>
  typeof value === 'number' ? value : (numbers[value] as number);

/** The argument with tensors in the places where they belong. */
export function resolve(argument: Argument, inputs: readonly Tensor[]): unknown {
  if (typeof argument === 'string') return numbers[argument] ?? argument;
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((item) => resolve(item, inputs));
  const entries = Object.entries(argument);
  if (entries[0]?.[0] === 'input') return inputs[entries[0][1] as number];
  return Object.fromEntries(entries.map(([name, value]) => [name, resolve(value, inputs)]));
}

/** The tensors of a result: one, several in an array, or several by name. */
export const listOf = (result: unknown): Tensor[] =>
  result instanceof Tensor ? [result] : Object.values(result as Record<string, Tensor>);

/** Calls a method of a tensor, or reads a getter such as `T`, by name. */
export function invokeMethod(self: Tensor, name: string, args: readonly unknown[]): unknown {
  const member = (self as unknown as Record<string, unknown>)[name];
  if (typeof member === 'function') return member.apply(self, args);
  if (member === undefined) throw new TypeError(`Tensor has no method '${name}'.`);
  return member;
}

/** Calls a free function of the tensor room (or another one) by name, or one of a namespace, as in `linalg.solve`. */
export function invokeFunction(name: string, args: readonly unknown[], functions: object = tensors): unknown {
  const callee = name
    .split('.')
    .reduce<unknown>((room, part) => (room as Record<string, unknown> | undefined)?.[part], functions);
  if (typeof callee !== 'function') throw new TypeError(`The room exports no function '${name}'.`);
  return callee(...args);
}

/** As `invokeMethod`; always returns a list. */
export const callMethod = (self: Tensor, name: string, args: readonly unknown[]): Tensor[] =>
  listOf(invokeMethod(self, name, args));

/** As `invokeFunction`; always returns a list. */
export const callFunction = (name: string, args: readonly unknown[]): Tensor[] =>
  listOf(invokeFunction(name, args));
