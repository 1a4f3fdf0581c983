import type { Node, OpArgs } from '../../graph/node.ts';
import { type Atom, IndexSpace } from '../../schedule/indexing.ts';
import { operandSource } from '../gemm/operand.ts';
import type { PanelSource } from '../gemm/pack.ts';
import { type Expr, i32 } from '../ir.ts';
import type { KernelBuilder, Placement } from '../kernel.ts';
import { rangeVariable } from '../loops.ts';
import { ValueLowering } from '../value.ts';

/** The sizes of an attention, and what its kernels read. */
export interface Attention {
  readonly batch: readonly number[];
  readonly batches: number;
  readonly queries: number;
  readonly keys: number;
  readonly size: number;
  readonly valueSize: number;
  readonly causal: boolean;
  readonly scale: number;
}

export function attentionOf(root: Node): Attention {
  const [q, k, v] = root.sources as [Node, Node, Node];
  const { causal, scale } = root.arg as OpArgs['attention'];
  const batch = q.shape.slice(0, -2);
  return {
    batch,
    batches: batch.reduce((product, size) => product * size, 1),
    queries: q.shape.at(-2) as number,
    keys: k.shape.at(-2) as number,
    size: q.shape.at(-1) as number,
    valueSize: v.shape.at(-1) as number,
    causal,
    scale,
  };
}

/** How a matrix [.., rows, columns] is packed: with its rows side by side in a panel, or its columns. */
export const sourcesOf = (
  builder: KernelBuilder,
  placement: Placement,
  operand: Node,
  index: readonly Expr[],
): { readonly byRow: PanelSource; readonly byColumn: PanelSource } => {
  const rank = operand.shape.length;
  const [rows, columns] = [rank - 2, rank - 1];
  const source = (lineAxis: number, stepAxis: number) =>
    operandSource(builder, placement, operand, index, { lineAxis, stepAxis });
  return { byRow: source(rows, columns), byColumn: source(columns, rows) };
};

/** How many keys there are to look at: all, or as many as a scalar says at run time. */
export function keyCount(
  builder: KernelBuilder,
  placement: Placement,
  keys: number,
  length: Node | undefined,
): Expr {
  const e = builder.emitter;
  if (!length) return e.int(keys);
  const value = scalarAt(builder, placement, length, []);
  return e.op('min', i32, e.op('max', i32, value, e.int(0)), e.int(keys));
}

/** One element of a value that has memory, where `indices` says. */
export function scalarAt(
  builder: KernelBuilder,
  placement: Placement,
  node: Node,
  indices: readonly Expr[],
): Expr {
  const space = new IndexSpace();
  const variables = new Map<Atom, Expr>();
  const positions = indices.map((value, axis) => {
    const variable = rangeVariable(space, 0, node.shape[axis] as number);
    const atom = variable.terms[0]?.atom;
    if (atom) variables.set(atom, value);
    return variable;
  });
  const lowering = new ValueLowering(builder.emitter, {
    space,
    variables,
    lanesAlong: null,
    isLoaded: placement.isLoaded,
    atHand: () => null,
    bufferOf: (loaded) => builder.argument(loaded),
    isConstant: () => true,
  });
  return lowering.value(node, positions);
}
