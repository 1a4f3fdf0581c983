import type { Node } from '../../graph/node.ts';
import { type Group, pointsAt, rootIndices } from '../../schedule/group.ts';
import { type Atom, IndexSpace } from '../../schedule/indexing.ts';
import { type Expr, i32 } from '../ir.ts';
import type { KernelBuilder, Placement } from '../kernel.ts';
import { rangeVariable } from '../loops.ts';
import { ValueLowering } from '../value.ts';

/** A part of one product, in rows and columns of the result. */
interface Region {
  readonly row: Expr;
  readonly height: Expr;
  readonly column: Expr;
  readonly width: Expr;
}

/** What a group computes from its product at the same points: biases, activations, residuals. */
export interface Epilogue {
  readonly isEmpty: boolean;
  /** Where the product is summed up: its own memory, or that of a result that takes its place in the end. */
  readonly target: Expr;
  /** Computes the region of the batch element at `index`, whose product is complete. */
  apply(index: readonly Expr[], region: Region): void;
}

export function epilogueOf(builder: KernelBuilder, group: Group, placement: Placement): Epilogue {
  const e = builder.emitter;
  const [product, ...followers] = group.roots as [Node, ...Node[]];
  const stored = group.roots.filter(placement.isStored);
  const written = new Set(stored);
  // A group has something to show, or it would not be computed.
  const target = builder.output(written.has(product) ? product : (stored[0] as Node));
  for (const root of stored) builder.output(root);

  const point = (index: readonly Expr[], row: Expr, column: Expr, alongLanes: boolean) => {
    const { shape } = product;
    const space = new IndexSpace();
    const variables = new Map<Atom, Expr>();
    let lanes: Atom | null = null;
    const values = [...index, row, column];
    const indices = shape.map((size, axis) => {
      const variable = rangeVariable(space, 0, size);
      const atom = variable.terms[0]?.atom;
      if (atom) variables.set(atom, values[axis] as Expr);
      if (atom && alongLanes && axis === shape.length - 1) lanes = atom;
      return variable;
    });
    const points = pointsAt(space, indices, shape, null);
    const computed = new Map<Node, Expr>();
    const lowering: ValueLowering = new ValueLowering(e, {
      space,
      variables,
      lanesAlong: lanes,
      isLoaded: placement.isLoaded,
      atHand: (node) => computed.get(node) ?? null,
      bufferOf: (node) => builder.argument(node),
      isConstant: (node) => !written.has(node) && node !== product,
    });
    computed.set(product, lowering.load(product, target, points.full));
    for (const root of followers)
      computed.set(root, lowering.value(root, rootIndices(root, points, shape), true));
    for (const root of followers) {
      if (written.has(root))
        lowering.store(root, builder.output(root), points.full, computed.get(root) as Expr);
    }
  };

  return {
    isEmpty: followers.length === 0,
    target,
    apply(index, { row, height, column, width }) {
      const vectors = e.op('and', i32, width, e.int(-e.lanes));
      e.loop(e.int(0), height, 1, (i) => {
        const r = e.op('add', i32, row, i);
        const c = (j: Expr) => e.op('add', i32, column, j);
        e.loop(e.int(0), vectors, e.lanes, (j) => point(index, r, c(j), true));
        e.loop(vectors, width, 1, (j) => point(index, r, c(j), false));
      });
    },
  };
}
