import type { Node } from '../graph/node.ts';
import type { Group } from '../schedule/group.ts';
import { type Atom, flatten, IndexSpace } from '../schedule/indexing.ts';
import type { DataIndex } from '../schedule/walk.ts';
import { type Expr, i32, mask } from './ir.ts';
import { type Kernel, KernelBuilder, LANES, type Placement } from './kernel.ts';
import { rangeVariable } from './loops.ts';
import { valueType } from './types.ts';
import { ValueLowering } from './value.ts';

/** A lowering over the whole of `shape`, with a value for each variable. */
function loweringOver(
  builder: KernelBuilder,
  placement: Placement,
  shape: readonly number[],
  values: readonly Expr[],
  lanesAlong: number | null,
  written: Node,
) {
  const space = new IndexSpace();
  const indices = shape.map((size) => rangeVariable(space, 0, size));
  const variables = new Map<Atom, Expr>();
  indices.forEach((index, axis) => {
    const atom = index.terms[0]?.atom;
    if (atom) variables.set(atom, values[axis] as Expr);
  });
  const lowering = new ValueLowering(builder.emitter, {
    space,
    variables,
    lanesAlong: lanesAlong === null ? null : (indices[lanesAlong]?.terms[0]?.atom ?? null),
    isLoaded: placement.isLoaded,
    atHand: () => null,
    bufferOf: (node) => builder.argument(node),
    isConstant: (node) => node !== written,
  });
  return { lowering, indices, space };
}

/** Nested loops over `shape`; the last runs in vectors where `vectors` allows it. */
function over(
  builder: KernelBuilder,
  shape: readonly number[],
  vectors: boolean,
  body: (values: readonly Expr[], alongLanes: boolean) => void,
): void {
  const e = builder.emitter;
  const nest = (values: readonly Expr[]) => {
    const axis = values.length;
    if (axis === shape.length) return body(values, false);
    const size = shape[axis] as number;
    if (axis < shape.length - 1 || !vectors || size < LANES) {
      e.loop(e.int(0), e.int(size), 1, (i) => nest([...values, i]));
      return;
    }
    const whole = size - (size % LANES);
    e.loop(e.int(0), e.int(whole), LANES, (i) => body([...values, i], true));
    e.loop(e.int(whole), e.int(size), 1, (i) => body([...values, i], false));
  };
  nest([]);
}

/**
 * scatterAdd: the base is copied, and then the updates are added one after another, in order, so that equal indices
 * give the same sum every time. Vectors run along the last axis where it is not the scattered one.
 */
export function scatterAddKernel(group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node<'scatterAdd'>;
  const [base, index, updates] = root.sources as [Node, Node, Node];
  const { axis } = root.arg;
  const builder = new KernelBuilder();
  const e = builder.emitter;
  const out = builder.output(root);

  over(builder, root.shape, true, (values, alongLanes) => {
    const last = alongLanes ? root.shape.length - 1 : null;
    const { lowering, indices } = loweringOver(builder, placement, root.shape, values, last, root);
    lowering.store(root, out, flatten(indices, root.shape), lowering.value(base, indices));
  });

  const add = (values: readonly Expr[], lanesAlong: number | null): boolean => {
    const { lowering, indices, space } = loweringOver(
      builder,
      placement,
      updates.shape,
      values,
      lanesAlong,
      root,
    );
    // Where the index differs from lane to lane, lanes might meet.
    if (lowering.value(index, indices).type.lanes > 1) return false;
    const chosen = space.dynamic({ node: index, indices } satisfies DataIndex, root.shape[axis] as number);
    const position = flatten(
      indices.map((i, a) => (a === axis ? chosen : i)),
      root.shape,
    );
    const before = lowering.load(root, out, position);
    lowering.store(
      root,
      out,
      position,
      e.opHere('add', valueType(root.dtype), before, lowering.value(updates, indices)),
    );
    return true;
  };
  const last = updates.shape.length - 1;
  over(builder, updates.shape, axis !== last, (values, alongLanes) => {
    if (add(values, alongLanes ? last : null)) return;
    for (let lane = 0; lane < LANES; lane++) {
      add([...values.slice(0, -1), e.op('add', i32, values[last] as Expr, e.int(lane))], null);
    }
  });
  return builder.finish('scatterAdd', 1);
}

/** argmax along one axis: the first of the largest; NaN counts as largest, as in PyTorch. */
export function argmaxKernel(group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node<'argmax'>;
  const source = root.sources[0] as Node;
  const { axis } = root.arg;
  const builder = new KernelBuilder();
  const e = builder.emitter;
  const out = builder.output(root);
  const type = valueType(source.dtype);

  const valueAt = (values: readonly Expr[]) => {
    const { lowering, indices } = loweringOver(builder, placement, source.shape, values, null, root);
    const value = lowering.value(source, indices);
    // Truth values are compared as numbers.
    return type.scalar === 'mask' ? e.op('maskToI32', i32, value) : value;
  };
  over(builder, root.shape, false, (values) => {
    const withIndex = (i: Expr) => values.map((value, a) => (a === axis ? i : value));
    const best = e.variable(valueAt(withIndex(e.int(0))));
    const position = e.variable(e.int(0));
    e.loop(e.int(1), e.int(source.shape[axis] as number), 1, (i) => {
      const value = valueAt(withIndex(i));
      const larger = e.opHere('lt', mask, best, value);
      const isNew =
        type.scalar === 'f32'
          ? e.opHere(
              'maskOr',
              mask,
              e.freeze(larger),
              e.freeze(
                e.opHere(
                  'maskAnd',
                  mask,
                  e.freeze(e.opHere('ne', mask, value, value)),
                  e.freeze(e.opHere('eq', mask, best, best)),
                ),
              ),
            )
          : larger;
      e.when(e.freeze(isNew), () => {
        e.set(best, value);
        e.set(position, i);
      });
    });
    const { lowering, indices } = loweringOver(builder, placement, root.shape, values, null, root);
    lowering.store(root, out, flatten(indices, root.shape), e.freeze(position));
  });
  return builder.finish('argmax', 1);
}
