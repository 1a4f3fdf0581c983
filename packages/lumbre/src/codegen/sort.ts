import type { Node } from '../graph/node.ts';
import type { Group } from '../schedule/group.ts';
import { flatten } from '../schedule/indexing.ts';
import { indicesInRow, LoopPoint, rowsAlong } from './indexed.ts';
import { bytesOf, type Expr, f32, i32, mask } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { memoryType, valueType } from './types.ts';

/** Rows up to this length are sorted by counting, for each element, those that come before it. */
const SHORT = 32;
const RADIX_BITS = 8;
const BUCKETS = 2 ** RADIX_BITS;
const WORD = 4;

/**
 * argsort, one row at a time, rows in parallel. Each element becomes a key, an unsigned integer with the same order;
 * keys are sorted with their indices, digit by digit from the lowest, by counting (Knuth, The Art of Computer
 * Programming 3, 5.2.5): time in proportion to the row's length, no comparison that a processor could guess wrong, and
 * equal elements keep their order. Short rows, which 256 counters would cost more than the sorting, count comparisons.
 */
export function argsortKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node<'argsort'>;
  const source = root.sources[0] as Node;
  const { axis, descending } = root.arg;
  const size = root.shape[axis] as number;
  const rows = rowsAlong(root.shape, axis);
  const e = builder.emitter;
  const out = builder.output(root);

  const array = (length: number) => builder.scratch(length * WORD);
  const addressOf = (offset: number, index: Expr) =>
    e.op('add', i32, e.op('add', i32, e.scratch, e.int(offset)), e.op('mul', i32, index, e.int(WORD)));
  const load = (offset: number, index: Expr) => e.load(i32, 'i32', addressOf(offset, index), 0, false);
  const store = (offset: number, index: Expr, value: Expr) =>
    e.store('i32', addressOf(offset, index), 0, value);

  const at = (row: Expr, i: Expr) => {
    const point = new LoopPoint(builder, placement, root);
    const indices = indicesInRow(point.space, root.shape, axis, point.index(rows, row), point.index(size, i));
    return { indices, lowering: point.lowering() };
  };
  const key = (row: Expr, i: Expr): Expr => {
    const { indices, lowering } = at(row, i);
    const ascending = keyOf(builder, source, lowering.value(source, indices));
    return descending ? e.op('xor', i32, ascending, e.int(-1)) : ascending;
  };
  const place = (row: Expr, position: Expr, index: Expr) => {
    const { indices, lowering } = at(row, position);
    lowering.store(root, out, flatten(indices, root.shape), index);
  };

  const keys = array(size);
  if (size <= SHORT) {
    const length = e.int(size);
    e.loop(e.begin, e.end, 1, (row) => {
      e.loop(e.int(0), length, 1, (i) => store(keys, i, key(row, i)));
      e.loop(e.int(0), length, 1, (i) => {
        const own = load(keys, i);
        const before = e.variable(e.int(0));
        const count = (less: Expr) =>
          e.set(before, e.opHere('add', i32, before, e.op('maskToI32', i32, less)));
        // Of equal elements, those in front of it.
        e.loop(e.int(0), i, 1, (j) => count(e.op('maskNot', mask, e.op('ltU', mask, own, load(keys, j)))));
        e.loop(e.op('add', i32, i, e.int(1)), length, 1, (j) => count(e.op('ltU', mask, load(keys, j), own)));
        place(row, e.freeze(before), i);
      });
    });
    return builder.finish('argsort', rows);
  }

  const digits = bytesOf[memoryType(source.dtype)] === 1 ? 1 : 32 / RADIX_BITS;
  const digitOf = (value: Expr, digit: number) =>
    e.op('and', i32, e.op('shrU', i32, value, e.int(digit * RADIX_BITS)), e.int(BUCKETS - 1));
  const counters = Array.from({ length: digits }, () => array(BUCKETS));
  // One digit goes from the keys to the result; more go to and fro between two arrays of keys and indices.
  const sides =
    digits === 1
      ? []
      : [
          { keys: array(size), indices: array(size) },
          { keys, indices: array(size) },
        ];

  e.loop(e.begin, e.end, 1, (row) => {
    for (const counter of counters) {
      e.loop(e.int(0), e.int(BUCKETS), 1, (bucket) => store(counter, bucket, e.int(0)));
    }
    e.loop(e.int(0), e.int(size), 1, (i) => {
      const value = key(row, i);
      store(keys, i, value);
      counters.forEach((counter, digit) => {
        const bucket = digitOf(value, digit);
        store(counter, bucket, e.op('add', i32, load(counter, bucket), e.int(1)));
      });
    });
    // How many keys there are in a bucket becomes where its first one goes.
    for (const counter of counters) {
      const start = e.variable(e.int(0));
      e.loop(e.int(0), e.int(BUCKETS), 1, (bucket) => {
        const count = load(counter, bucket);
        store(counter, bucket, e.freeze(start));
        e.set(start, e.opHere('add', i32, start, count));
      });
    }
    counters.forEach((counter, digit) => {
      const from = digit === 0 ? null : (sides[(digit - 1) % 2] as (typeof sides)[number]);
      const to = digit === digits - 1 ? null : (sides[digit % 2] as (typeof sides)[number]);
      e.loop(e.int(0), e.int(size), 1, (i) => {
        const value = load(from?.keys ?? keys, i);
        const index = from ? load(from.indices, i) : i;
        const bucket = digitOf(value, digit);
        const position = load(counter, bucket);
        store(counter, bucket, e.op('add', i32, position, e.int(1)));
        if (!to) {
          place(row, position, index);
          return;
        }
        store(to.keys, position, value);
        store(to.indices, position, index);
      });
    });
  });
  return builder.finish('argsort', rows);
}

/** An unsigned integer that is larger where the value is, and largest for NaN; a zero is a zero whatever its sign. */
function keyOf({ emitter: e }: KernelBuilder, source: Node, value: Expr): Expr {
  const { scalar } = valueType(source.dtype);
  if (scalar === 'mask') return e.op('maskToI32', i32, value);
  if (scalar === 'i32') {
    if (source.dtype === 'uint8') return value;
    return source.dtype === 'int8'
      ? e.op('add', i32, value, e.int(128))
      : e.op('xor', i32, value, e.int(-(2 ** 31)));
  }
  const bits = e.op('asI32', i32, e.op('add', f32, value, e.constant(f32, 0)));
  // Of negative numbers all bits turn, since a larger magnitude is less; of others only the sign.
  const turned = e.op('or', i32, e.op('shrS', i32, bits, e.int(31)), e.int(-(2 ** 31)));
  return e.op('select', i32, e.op('ne', mask, value, value), e.int(-1), e.op('xor', i32, bits, turned));
}
