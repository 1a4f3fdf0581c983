import * as build from '../graph/builder.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { topologicalOrder } from '../graph/node.ts';
import type { Graph } from './normalize.ts';

/**
 * Windows that lie `stride` apart, added up where they overlap: an element at h = stride · q + r gets something of the
 * offsets r, r + stride, r + 2 · stride, … only. Summed up for each phase r apart, there are stride times fewer terms (for
 * images, stride² times) and none that has to be asked whether it counts. The gradient of a strided convolution and its
 * transpose end so.
 *
 * @param sum the sum of `spread`, or of a part of it, over the offsets within a window
 */
function inPhases(sum: Node): Node | null {
  const part = sum.sources[0] as Node;
  const spread = part.op === 'shrink' ? (part.sources[0] as Node) : part;
  if (sum.op !== 'sum' || spread.op !== 'spread') return null;
  const summed = (sum.arg as OpArgs['sum']).axes;
  const { axes, offsets, stride, dilation } = spread.arg as OpArgs['spread'];
  const source = spread.sources[0] as Node;
  /** For an axis of offsets that can be split, the stride of its pair. */
  const phases = new Map<number, number>();
  offsets.forEach((offset, i) => {
    const [by, size] = [stride[i] as number, source.shape[offset] as number];
    if (by > 1 && dilation[i] === 1 && size % by === 0 && summed.includes(offset)) phases.set(offset, by);
  });
  if (phases.size === 0) return null;
  const onlyPart = (axis: number) =>
    part === spread || (part.shape[axis] as number) === (spread.shape[axis] as number);
  if ([...phases.keys()].some((offset) => !onlyPart(offset))) return null;

  // Offsets are split in terms and phases; a phase's axis follows that of its terms.
  const places: number[] = [];
  const split: number[] = [];
  source.shape.forEach((size, axis) => {
    places.push(split.length);
    const by = phases.get(axis);
    if (by) split.push(size / by, by);
    else split.push(size);
  });
  const place = (axis: number) => places[axis] as number;
  const phaseOf = new Map(
    axes.flatMap((axis, i): [number, number][] =>
      phases.has(offsets[i] as number) ? [[axis, offsets[i] as number]] : [],
    ),
  );
  const steps = (axis: number) => phases.get(phaseOf.get(axis) as number) ?? 1;
  const blocks = (axis: number) => Math.ceil((spread.shape[axis] as number) / steps(axis));
  const shape = [...split];
  spread.shape.forEach((_, axis) => {
    if (axes.includes(axis)) shape[place(axis)] = blocks(axis);
  });
  const apart = build.spread(
    build.reshape(source, split),
    {
      axes: axes.map(place),
      offsets: offsets.map(place),
      stride: stride.map((by, i) => (phases.has(offsets[i] as number) ? 1 : by)),
      dilation,
    },
    shape,
  );
  const total = build.sum(apart, summed.map(place));
  const order = spread.shape.flatMap((_, axis) => {
    const offset = phaseOf.get(axis);
    return offset === undefined ? [place(axis)] : [place(axis), place(offset) + 1];
  });
  const whole = spread.shape.map((size, axis) =>
    summed.includes(axis) ? 1 : axes.includes(axis) ? blocks(axis) * steps(axis) : size,
  );
  const together = build.reshape(build.permute(total, order), whole);
  const zeros = whole.map(() => 0);
  const { start, step } =
    part === spread ? { start: zeros, step: zeros.map(() => 1) } : (part.arg as OpArgs['shrink']);
  return build.shrink(together, start, sum.shape, step);
}

/** The same graph with overlapping windows added up phase by phase. */
export function separatePhases(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === 'spread')) return graph;
  const replaced = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const same = sources.every((source, i) => source === node.sources[i]);
    const moved = same ? node : { ...node, sources };
    replaced.set(node, (moved.op === 'sum' && inPhases(moved)) || moved);
  }
  const outputs = graph.outputs.map((node) => replaced.get(node) as Node);
  return { ...graph, nodes: topologicalOrder(outputs), outputs };
}
