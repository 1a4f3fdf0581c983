import type { NumericArray } from '../../graph/dtype.ts';
import { isScan, type Loop } from '../../graph/loop.ts';
import { type Node, type OpArgs, topologicalOrder } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import { scratch } from './elementwise.ts';
import { evaluate } from './evaluate.ts';

/** Evaluates the loops of one run, each once however many of its results are asked for. */
export class Scans {
  readonly #results = new Map<Loop, readonly NumericArray[]>();

  evaluate({ arg: { loop, output } }: Node<'scan'>, sources: readonly NumericArray[]): NumericArray {
    const results = this.#results.get(loop) ?? evaluateLoop(loop, sources);
    this.#results.set(loop, results);
    return (results[output] as NumericArray).slice();
  }
}

const slotOf = (node: Node): number => (node.arg as OpArgs['buffer']).slot;

/** All results: the last value of each carry, and the stacks. */
function evaluateLoop(loop: Loop, sources: readonly NumericArray[]): NumericArray[] {
  const { inputs, carries, slices, next, stacked, length, reverse } = loop;
  const order = topologicalOrder([...next, ...stacked]);
  const varying = new Set<Node>();
  for (const node of order) {
    const isVarying =
      node.op === 'buffer' ? slotOf(node) < carries + slices : node.sources.some((s) => varying.has(s));
    if (isVarying) varying.add(node);
  }
  const run = (
    nodes: readonly Node[],
    values: Map<Node, NumericArray>,
    input: (slot: number) => NumericArray,
  ) => {
    const scans = new Scans();
    for (const node of nodes) {
      const from = node.sources.map((source) => values.get(source) as NumericArray);
      const value =
        node.op === 'buffer'
          ? input(slotOf(node))
          : isScan(node)
            ? scans.evaluate(node, from)
            : evaluate(node, from);
      values.set(node, value);
    }
    return values;
  };

  const same = run(
    order.filter((node) => !varying.has(node)),
    new Map(),
    (slot) => sources[slot] as NumericArray,
  );
  const steps = order.filter((node) => varying.has(node));
  const stacks = stacked.map(({ dtype, shape }) => scratch(dtype, length * sizeOf(shape)));
  let carried = sources.slice(0, carries);
  for (let step = 0; step < length; step++) {
    const position = reverse ? length - 1 - step : step;
    const values = run(steps, new Map(same), (slot) => {
      if (slot < carries) return carried[slot] as NumericArray;
      const size = sizeOf((inputs[slot] as Node).shape);
      return (sources[slot] as NumericArray).subarray(position * size, (position + 1) * size);
    });
    stacked.forEach((node, i) => {
      stacks[i]?.set(values.get(node) as NumericArray, position * sizeOf(node.shape));
    });
    carried = next.map((node) => values.get(node) as NumericArray);
  }
  return [...carried, ...stacks];
}
