import { formatShape } from '../graph/shape.ts';
import { tensor } from '../tensor/creation.ts';
import { keep } from '../tensor/scope.ts';
import { Tensor } from '../tensor/tensor.ts';
import { type HostArray, type HostData, isHostArray, isHostData, sameKind, toHost } from './hostArray.ts';

/** A value of one example that has a place of its own in the batch. */
export type Leaf = number | boolean | string | HostData | HostArray | Tensor;

/** What a batch has in the place of each value of its examples, before it becomes tensors: [batch, …]. */
export type Collated<E> = E extends string
  ? string[]
  : E extends number | boolean | HostData | HostArray | Tensor
    ? HostArray | Tensor
    : { [K in keyof E]: Collated<E[K]> };

/** What has been collated, with tensors in the place of arrays. */
export type Tensors<C> = C extends HostData | HostArray | Tensor
  ? Tensor
  : C extends string | number | boolean | null | undefined
    ? C
    : { [K in keyof C]: Tensors<C[K]> };

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (isHostData(value) || isHostArray(value) || value instanceof Tensor) return 'array';
  if (Array.isArray(value)) return 'tuple';
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null
    ? 'object'
    : (value.constructor?.name ?? 'object');
};

const place = (path: string): string => (path === '' ? 'the examples' : `field '${path}'`);

function stackArrays(values: readonly (HostData | HostArray | Tensor)[], path: string): HostArray {
  const arrays = values.map(toHost);
  const first = arrays[0] as HostArray;
  const stacked = sameKind(first.data, first.data.length * arrays.length);
  arrays.forEach(({ data, shape, dtype }, i) => {
    if (formatShape(shape) !== formatShape(first.shape)) {
      throw new RangeError(
        `collate: ${place(path)} has shape ${formatShape(first.shape)} in the first example of the batch and ` +
          `${formatShape(shape)} in number ${i}; make them alike (crop, pad, resize), or pass a \`collate\` that does.`,
      );
    }
    if (data.constructor !== first.data.constructor || dtype !== first.dtype) {
      throw new TypeError(
        `collate: ${place(path)} is ${first.dtype ?? first.data.constructor.name} in the first example of the batch and ` +
          `${dtype ?? data.constructor.name} in number ${i}; give all examples one dtype.`,
      );
    }
    stacked.set(data, i * data.length);
  });
  const shape = [arrays.length, ...first.shape];
  return { data: stacked, shape, ...(first.dtype && { dtype: first.dtype }) };
}

function collateAt(values: readonly unknown[], path: string): unknown {
  const first = values[0];
  const kind = kindOf(first);
  const other = values.findIndex((value) => kindOf(value) !== kind);
  if (other >= 0) {
    throw new TypeError(
      `collate: ${place(path)} is of kind ${kind} in the first example of the batch and ${kindOf(values[other])} in ` +
        `number ${other}; all examples must be alike.`,
    );
  }
  const within = (name: string) => (path === '' ? name : `${path}.${name}`);
  switch (kind) {
    case 'number':
      return { data: Float64Array.from(values as number[]), shape: [values.length] };
    case 'boolean':
      return { data: Uint8Array.from(values as boolean[], Number), shape: [values.length], dtype: 'bool' };
    case 'string':
      return [...values];
    case 'array':
      return stackArrays(values as (HostData | HostArray | Tensor)[], path);
    case 'tuple': {
      const lengths = values.map((value) => (value as unknown[]).length);
      const different = lengths.findIndex((length) => length !== lengths[0]);
      if (different >= 0) {
        throw new RangeError(
          `collate: ${place(path)} is a tuple of ${lengths[0]} in the first example of the batch and of ` +
            `${lengths[different]} in number ${different}; give typed arrays for data, and pad them to one length.`,
        );
      }
      return (first as unknown[]).map((_, i) =>
        collateAt(
          values.map((value) => (value as unknown[])[i]),
          within(String(i)),
        ),
      );
    }
    case 'object':
      return Object.fromEntries(
        Object.keys(first as object).map((name) => [
          name,
          collateAt(
            values.map((value) => (value as Record<string, unknown>)[name]),
            within(name),
          ),
        ]),
      );
    default:
      throw new TypeError(
        `collate: ${place(path)} is ${kind}; an example is a number, boolean, string, typed array, array with a shape, ` +
          'tensor, or a tuple or record of those.',
      );
  }
}

/**
 * Examples as one batch, field by field, as PyTorch's `default_collate`: arrays are stacked to [batch, …] with their dtype
 * kept, numbers become floats [batch], booleans bool [batch], strings a list; tuples and records stay what they are.
 * @throws RangeError for arrays of different shapes, TypeError for what has no place in a batch.
 */
export function collate<E>(examples: readonly E[]): Collated<E> {
  if (examples.length === 0) throw new RangeError('collate: a batch needs at least one example.');
  return collateAt(examples, '') as Collated<E>;
}

export interface ToTensorsOptions {
  /** The name of a device; the default device unless given. */
  readonly device?: string;
  /** Whether tensors copy the arrays (see `tensor`). Default true. */
  readonly copy?: boolean;
}

/**
 * A batch with tensors in the place of arrays; other values stay. The tensors belong to the caller, to no scope.
 * @returns the batch, and all tensors in it
 */
export function toTensors<C>(
  batch: C,
  options: ToTensorsOptions = {},
): { readonly batch: Tensors<C>; readonly tensors: readonly Tensor[] } {
  const tensors: Tensor[] = [];
  const walk = (value: unknown): unknown => {
    if (value instanceof Tensor) {
      tensors.push(keep(value));
      return value;
    }
    if (isHostData(value) || isHostArray(value)) {
      const { data, ...rest } = toHost(value);
      const made = keep(tensor(data, { ...rest, ...options }));
      tensors.push(made);
      return made;
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item)]));
  };
  return { batch: walk(batch) as Tensors<C>, tensors };
}

/**
 * A collate for sequences of different lengths: typed arrays of one dimension are filled up at their end to the longest of
 * the batch, or to `length`. Use it on the field that varies: `collate: (examples) => ({ ids: padSequences(…), … })`.
 * @returns data [batch, longest]
 * @throws RangeError for a sequence longer than `length`.
 */
export function padSequences<T extends HostData>(
  sequences: readonly T[],
  { value = 0, length }: { readonly value?: number; readonly length?: number } = {},
): HostArray {
  const longest = sequences.reduce((most, { length: own }) => Math.max(most, own), 0);
  const width = length ?? longest;
  if (longest > width) {
    throw new RangeError(`padSequences: a sequence has ${longest} elements, more than length ${width}.`);
  }
  if (sequences.length === 0) throw new RangeError('padSequences: expected at least one sequence.');
  const padded = sameKind(sequences[0] as HostData, sequences.length * width).fill(value);
  sequences.forEach((sequence, row) => {
    padded.set(sequence, row * width);
  });
  return { data: padded, shape: [sequences.length, width] };
}
