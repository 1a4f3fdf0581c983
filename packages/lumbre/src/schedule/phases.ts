import * as build from '../graph/builder.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { topologicalOrder } from '../graph/node.ts';
import { isMovement, stridedView } from './access.ts';
import type { Graph } from './normalize.ts';

/** Axes of a view in the order of their strides, longest first; in their own order where that is not known. */
function inMemoryOrder(node: Node, axes: readonly number[]): readonly number[] {
  const view = stridedView(node, (source) => !isMovement(source));
  if (!view) return axes;
  return [...axes].sort((a, b) => (view.strides[b] as number) - (view.strides[a] as number));
}

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

  // Offsets are split in terms and phases. The phases come first, so that neighbours within a phase are neighbours in
  // memory; then what windows do not move along, as it lies in memory; and then the windows and the terms.
  const phased = [...phases.keys()];
  const split = source.shape.flatMap((size, axis) => {
    const by = phases.get(axis);
    return by ? [size / by, by] : [size];
  });
  const places: number[] = [];
  source.shape.forEach((_, axis) => {
    places.push(axis + phased.filter((offset) => offset < axis).length);
  });
  const still = source.shape
    .map((_, axis) => axis)
    .filter((axis) => !axes.includes(axis) && !offsets.includes(axis));
  const behind = [...inMemoryOrder(source, still), ...axes, ...offsets];
  const apartFirst = [
    ...phased.map((offset) => (places[offset] as number) + 1),
    ...behind.map((axis) => places[axis] as number),
  ];
  const place = (axis: number) => phased.length + behind.indexOf(axis);
  const phaseOf = new Map(
    axes.flatMap((axis, i): [number, number][] => {
      const phase = phased.indexOf(offsets[i] as number);
      return phase < 0 ? [] : [[axis, phase]];
    }),
  );
  const steps = (axis: number) => phases.get(phased[phaseOf.get(axis) ?? -1] ?? -1) ?? 1;
  const blocks = (axis: number) => Math.ceil((spread.shape[axis] as number) / steps(axis));
  const moved = build.permute(build.reshape(source, split), apartFirst);
  const shape = [...moved.shape];
  spread.shape.forEach((_, axis) => {
    if (axes.includes(axis)) shape[place(axis)] = blocks(axis);
  });
  const apart = build.spread(
    moved,
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
    const phase = phaseOf.get(axis);
    return phase === undefined ? [place(axis)] : [place(axis), phase];
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

/**
 * Of a single window along each axis there is nothing to add up: the element at h is what the window has at offset h. So
 * ends the gradient of a convolution that takes a picture to a point.
 */
function ofSingleWindows(sum: Node): Node | null {
  const part = sum.sources[0] as Node;
  const spread = part.op === 'shrink' ? (part.sources[0] as Node) : part;
  if (sum.op !== 'sum' || spread.op !== 'spread') return null;
  const summed = (sum.arg as OpArgs['sum']).axes;
  const { axes, offsets, dilation } = spread.arg as OpArgs['spread'];
  const source = spread.sources[0] as Node;
  const isSingle = axes.every((axis, i) => {
    const offset = offsets[i] as number;
    const isWhole = (part.shape[offset] as number) === (source.shape[offset] as number);
    return (
      source.shape[axis] === 1 &&
      dilation[i] === 1 &&
      isWhole &&
      summed.includes(offset) &&
      spread.shape[axis] === source.shape[offset]
    );
  });
  if (!isSingle || summed.length !== offsets.length) return null;
  const order = source.shape.map((_, axis) => axis);
  axes.forEach((axis, i) => {
    const offset = offsets[i] as number;
    order[axis] = offset;
    order[offset] = axis;
  });
  const unfolded = build.permute(source, order);
  if (part === spread) return unfolded;
  const { start, step } = part.arg as OpArgs['shrink'];
  return build.shrink(unfolded, start, sum.shape, step);
}

/** The same graph with overlapping windows added up phase by phase. */
export function separatePhases(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === 'spread')) return graph;
  const replaced = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const same = sources.every((source, i) => source === node.sources[i]);
    const moved = same ? node : { ...node, sources };
    replaced.set(node, (moved.op === 'sum' && (ofSingleWindows(moved) ?? inPhases(moved))) || moved);
  }
  const outputs = graph.outputs.map((node) => replaced.get(node) as Node);
  return { ...graph, nodes: topologicalOrder(outputs), outputs };
}
