import * as build from '../../graph/builder.ts';
import type { DType } from '../../graph/dtype.ts';
import { type Loop, stackedOutput } from '../../graph/loop.ts';
import { copyNode, makeNode, type Node, type OpArgs, topologicalOrder } from '../../graph/node.ts';
import { opTable } from '../../graph/ops.ts';
import type { Shape } from '../../graph/shape.ts';
import { shareHooks } from '../hooks.ts';

/** A value that the nodes of a step start from: for building a loop, or to be replaced in it. */
export function placeholder(shape: Shape, dtype: DType, tracksGradient: boolean, slot = 0): Node<'buffer'> {
  const node = makeNode('buffer', [], { slot }, { shape, dtype });
  node.tracksGradient = tracksGradient;
  return node;
}

/** What is to become a loop: nodes made of placeholders, and of others, which are the same in each step. */
export interface LoopDraft {
  readonly carries: readonly { readonly placeholder: Node; readonly init: Node; readonly next: Node }[];
  /** `placeholder` is a slice of `source` along dimension 0. */
  readonly slices: readonly { readonly placeholder: Node; readonly source: Node }[];
  /** Values of which all steps are wanted. */
  readonly stacked: readonly Node[];
  /** Nodes inside that stand for nodes outside, the same in each step. */
  readonly outside?: ReadonlyMap<Node, Node>;
  readonly length: number;
  readonly reverse: boolean;
  readonly gradient: Loop['gradient'];
}

/** The results of a loop, as nodes: the last value of each carry, and the stacks. */
export interface LoopResults {
  readonly finals: readonly Node[];
  readonly stacked: readonly Node[];
}

/**
 * Makes a loop of a step. What does not depend on a placeholder is computed once, outside, but for constants and views,
 * which cost nothing inside; a view that gradients flow through may be asked for its own, and stays outside.
 */
export function buildLoop(draft: LoopDraft): LoopResults {
  const { carries, slices, length, reverse, gradient } = draft;
  const outside = new Map(draft.outside);
  const moving = [...carries, ...slices].map((part) => part.placeholder);
  const wanted = [...carries.map(({ next }) => next), ...draft.stacked];
  const inputs: Node<'buffer'>[] = [];
  const sources: Node[] = [];
  const input = (source: Node, { shape, dtype }: Node, tracksGradient: boolean): Node => {
    const node = placeholder(shape, dtype, tracksGradient, inputs.length);
    inputs.push(node);
    sources.push(source);
    return node;
  };

  const inside = new Map<Node, Node>();
  for (const { placeholder: from, init } of carries) inside.set(from, input(init, from, from.tracksGradient));
  for (const { placeholder: from, source } of slices) {
    inside.set(from, input(source, from, source.tracksGradient));
  }
  const varying = new Set(moving);
  const order = topologicalOrder(wanted, (n) => varying.has(n) || outside.has(n) || n.storage !== null);

  const captured = new Map<Node, Node>();
  const capture = (node: Node): Node => {
    const source = outside.get(node) ?? node;
    const known = captured.get(source) ?? input(source, source, source.tracksGradient);
    captured.set(source, known);
    return known;
  };
  /** What a node is inside the loop. */
  const enter = (node: Node): Node => {
    let entered = inside.get(node);
    if (!entered) {
      if (node.storage || outside.get(node)?.storage) entered = capture(node);
      else if (opTable[node.op].kind === 'source' && node.op !== 'buffer') entered = copyNode(node, []);
      else if (opTable[node.op].kind === 'movement' && !node.tracksGradient)
        entered = copyNode(node, node.sources.map(enter));
      else entered = capture(node);
      inside.set(node, entered);
    }
    return entered;
  };
  for (const node of order) {
    if (varying.has(node)) continue;
    if (node.sources.some((source) => varying.has(source)) && !outside.has(node) && !node.storage) {
      varying.add(node);
      const copy = copyNode(node, node.sources.map(enter));
      shareHooks(node, copy);
      inside.set(node, copy);
    } else if (
      !outside.has(node) &&
      node.sources.some((source) => (outside.get(source) ?? source) !== source)
    ) {
      outside.set(
        node,
        copyNode(
          node,
          node.sources.map((source) => outside.get(source) ?? source),
        ),
      );
    }
  }
  const results = wanted.map(enter);

  const next = results.slice(0, carries.length);
  const loop: Loop = {
    inputs,
    carries: carries.length,
    slices: slices.length,
    next,
    stacked: [],
    length,
    reverse,
    gradient,
  };
  const values = results.slice(carries.length);
  if (length === 0) {
    return {
      finals: carries.map(({ init }) => init),
      stacked: values.map(({ shape, dtype }) => build.constant([0, ...shape], dtype, 0)),
    };
  }
  return {
    finals: next.map((node, output) =>
      node === inputs[output] ? (sources[output] as Node) : build.scan(sources, { loop, output }),
    ),
    stacked: values.map((node) => build.scan(sources, { loop, output: stackedOutput(loop, node) })),
  };
}

/** The number of the source that an input of a loop stands for. */
export const slotOf = (input: Node): number => (input.arg as OpArgs['buffer']).slot;

/** All values that a node of a loop's body has had, of the loop that `result` is a result of. */
export const stackOf = (result: Node<'scan'>, node: Node): Node =>
  build.scan(result.sources, { loop: result.arg.loop, output: stackedOutput(result.arg.loop, node) });
