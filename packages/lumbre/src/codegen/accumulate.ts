import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import type { Group } from '../schedule/group.ts';
import {
  type Atom,
  add,
  fixed,
  flatten,
  type Index,
  IndexSpace,
  times,
  unflatten,
} from '../schedule/indexing.ts';
import type { Emitter } from './emitter.ts';
import { type Expr, type IrOp, i32, mask } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { rangeVariable } from './loops.ts';
import { fitted, valueType } from './types.ts';
import { ValueLowering } from './value.ts';

/** Lines that are followed at the same time: each step waits for the one before it in its own line alone. */
const AT_ONCE = 4;

type Root = Node<'accumulate'> | Node<'linearRecurrence'>;

const combinations: Readonly<Record<string, IrOp>> = { sum: 'add', prod: 'mul', max: 'max' };

const isRecurrence = (root: Root): root is Node<'linearRecurrence'> => root.op === 'linearRecurrence';

/**
 * Running totals along one axis: element after element, so that a sum is the same however the work is divided. The
 * other axes are lines that know nothing of each other: neighbours in memory share vectors, four vectors (a cache line)
 * at a time; where the axis itself is the last, four lines are followed at a time.
 */
export function accumulateKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Root;
  const { axis } = root.arg;
  const outer = sizeOf(root.shape.slice(0, axis));
  const inner = sizeOf(root.shape.slice(axis + 1));
  const e = builder.emitter;
  const follow = lineFollower(root, builder, placement);

  if (inner === 1) {
    const together = e.op('and', i32, e.op('sub', i32, e.end, e.begin), e.int(-AT_ONCE));
    const middle = e.op('add', i32, e.begin, together);
    const lineAt = (line: Expr) => ({ outer: line, inner: e.int(0), isVector: false });
    e.loop(e.begin, middle, AT_ONCE, (first) => {
      follow(Array.from({ length: AT_ONCE }, (_, i) => lineAt(e.op('add', i32, first, e.int(i)))));
    });
    e.loop(middle, e.end, 1, (line) => follow([lineAt(line)]));
    return builder.finish(root.op, outer);
  }

  const width = e.lanes * AT_ONCE;
  const blocks = Math.ceil(inner / width);
  e.loop(e.begin, e.end, 1, (unit) => {
    const outerIndex = e.op('divS', i32, unit, e.int(blocks));
    const block = e.op('sub', i32, unit, e.op('mul', i32, outerIndex, e.int(blocks)));
    const from = e.op('mul', i32, block, e.int(width));
    const columns = (first: Expr, count: number, isVector: boolean) =>
      follow(
        Array.from({ length: count }, (_, i) => ({
          outer: outerIndex,
          inner: e.op('add', i32, first, e.int(i * e.lanes)),
          isVector,
        })),
      );
    const rest = () => {
      const whole = inner - (inner % e.lanes);
      e.loop(from, e.int(whole), e.lanes, (column) => columns(column, 1, true));
      e.loop(e.op('max', i32, from, e.int(whole)), e.int(inner), 1, (column) => columns(column, 1, false));
    };
    if (inner % width === 0) return columns(from, AT_ONCE, true);
    if (inner < width) return rest();
    const isWhole = e.op('le', mask, from, e.int(inner - width));
    e.when(isWhole, () => columns(from, AT_ONCE, true), rest);
  });
  return builder.finish(root.op, outer * blocks);
}

/** A line along the axis, or a vector of neighbouring ones: where it is before and after the axis. */
interface Line {
  readonly outer: Expr;
  readonly inner: Expr;
  readonly isVector: boolean;
}

/** Emits the loop along the axis, for some lines at a time. */
function lineFollower(root: Root, builder: KernelBuilder, placement: Placement) {
  const e = builder.emitter;
  const { axis, reverse } = root.arg;
  const size = root.shape[axis] as number;
  const outerSize = sizeOf(root.shape.slice(0, axis));
  const innerSize = sizeOf(root.shape.slice(axis + 1));
  const out = builder.output(root);

  const at = (line: Line, step: Expr, begins: boolean) => {
    const space = new IndexSpace();
    const variables = new Map<Atom, Expr>();
    const bind = (index: Index, value: Expr): Index => {
      const atom = index.terms[0]?.atom;
      if (atom) variables.set(atom, value);
      return index;
    };
    const outer = bind(rangeVariable(space, 0, outerSize), line.outer);
    const inner = bind(rangeVariable(space, 0, innerSize), line.inner);
    const along = begins ? fixed(0) : bind(rangeVariable(space, 0, size), step);
    const position = reverse ? add(fixed(size - 1), times(along, -1)) : along;
    const flat = flatten([outer, position, inner], [outerSize, size, innerSize]);
    const lowering = new ValueLowering(e, {
      space,
      variables,
      lanesAlong: line.isVector ? (inner.terms[0]?.atom ?? null) : null,
      isLoaded: placement.isLoaded,
      atHand: () => null,
      bufferOf: (node) => builder.argument(node),
      isConstant: (node) => node !== root,
    });
    const indices = unflatten(space, flat, root.shape);
    const values = root.sources.map((source) => lowering.value(source, indices));
    return { values, store: (total: Expr) => lowering.store(root, out, flat, total) };
  };

  return (lines: readonly Line[]): void => {
    const totals = lines.map((line) => {
      const { values, store } = at(line, e.int(0), true);
      // A recurrence begins with its first term, whatever its first factor.
      const last = values[values.length - 1] as Expr;
      const first = line.isVector ? e.widen(last, e.lanes) : last;
      store(first);
      return e.variable(first);
    });
    e.loop(e.int(1), e.int(size), 1, (step) => {
      lines.forEach((line, i) => {
        const total = totals[i] as (typeof totals)[number];
        const { values, store } = at(line, step, false);
        const next = e.freeze(combined(e, root, total, values));
        e.set(total, next);
        store(next);
      });
    });
  };
}

function combined(e: Emitter, root: Root, total: Expr, values: readonly Expr[]): Expr {
  const type = valueType(root.dtype);
  const [first, second] = values as [Expr, Expr];
  if (isRecurrence(root)) return e.opHere('add', type, e.freeze(e.opHere('mul', type, first, total)), second);
  const next = e.opHere(combinations[root.arg.combine] as IrOp, type, total, first);
  // A total of floats is rounded only where it is stored; one of bytes goes on from what they hold.
  return isFloat(root.dtype) ? next : fitted(e, e.freeze(next), root.dtype);
}
