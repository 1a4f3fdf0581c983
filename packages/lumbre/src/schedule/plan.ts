import { bytesPerElement } from '../graph/dtype.ts';
import { formatArg } from '../graph/format.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import { valueSources } from './access.ts';
import { contentsOf, sourcesInside } from './contents.ts';
import { decompose } from './decompose.ts';
import { type Group, groupNodes, loadedBy, pointsOf, rootIndices } from './group.ts';
import { equal } from './indexing.ts';
import { type LoopPlan, planLoop } from './loops.ts';
import { type Lifetime, planMemory } from './memory.ts';
import type { Graph } from './normalize.ts';
import { separatePhases } from './phases.ts';
import { chooseRealized } from './realized.ts';
import { withReadableSources } from './scans.ts';
import { simplify } from './simplify.ts';
import { walk } from './walk.ts';

/** Where a value lies when a program runs. */
export type Place =
  | { readonly kind: 'input'; readonly slot: number }
  | { readonly kind: 'output'; readonly index: number }
  | { readonly kind: 'arena'; readonly offset: number; readonly bytes: number };

/** A schedule: kernels in order, and where each value lies. */
export interface Plan {
  readonly groups: readonly Group[];
  /** The first of `groups` that only makes results nobody in the program waits for: state may be overwritten from here. */
  readonly firstSink: number;
  readonly places: ReadonlyMap<Node, Place>;
  readonly isLoaded: (node: Node) => boolean;
  readonly isStored: (node: Node) => boolean;
  readonly arenaBytes: number;
  /** For each output of the graph, the output (itself, or an earlier equal one) or input slot whose value it is. */
  readonly results: readonly (Place & { kind: 'output' | 'input' })[];
  readonly outputs: readonly Node[];
  /** Whether output `index` may be computed into the memory of input `slot`. */
  readonly reusable: (index: number, slot: number) => boolean;
  /** How the groups that are loops are walked, and where in the arena each has its workspace. */
  readonly loops: ReadonlyMap<Group, LoopPlan>;
  readonly workspaces: ReadonlyMap<Group, number>;
  /** Whether an index out of the data is checked anywhere. */
  readonly checks: () => boolean;
}

export const bytesOf = (node: Node): number => sizeOf(node.shape) * bytesPerElement(node.dtype);

/** Whether the kernel for whole numbers can do it: few rows of x, which it takes one by one, and steps of eight. */
const hasQuantizedKernel = ({ sources: [x] }: Node): boolean =>
  ((x as Node).shape[0] as number) <= 4 && ((x as Node).shape[1] as number) % 8 === 0;

/** Attention over nothing is written out, since its kernels take it that there is something; and so are large products of whole numbers. */
const lacksKernel = (node: Node): boolean =>
  node.sources.some((source) => sizeOf(source.shape) === 0) ||
  (node.op === 'quantizedDot' && !hasQuantizedKernel(node));

export function plan(original: Graph): Plan {
  const graph = withReadableSources(separatePhases(simplify(decompose(original, lacksKernel))));
  const realized = chooseRealized(graph);
  const groups = groupNodes(graph, realized).filter((group) =>
    group.roots.some((root) => sizeOf(root.shape) > 0),
  );
  const isLoaded = (node: Node) => node.op === 'buffer' || realized.has(node);

  const reads = groups.map(
    (group) => new Set(group.roots.flatMap((root) => [...loadedBy(root, isLoaded, valueSources)])),
  );
  const groupNumber = new Map(groups.flatMap((group, i) => group.roots.map((root) => [root, i] as const)));
  const lastRead = new Map<Node, number>();
  const readElsewhere = new Set<Node>();
  reads.forEach((nodes, i) => {
    for (const node of nodes) {
      lastRead.set(node, i);
      if (groupNumber.get(node) !== i) readElsewhere.add(node);
    }
  });
  const outputNodes = new Set(graph.outputs);
  // A product is summed up in the memory of a result that follows it, unless one may take the place of what it is made of.
  const apart = new Set(
    groups
      .filter((group) => updatesAtEnd(group, outputNodes, isLoaded))
      .map((group) => group.roots[0] as Node),
  );
  const isStored = (node: Node) =>
    realized.has(node) && (outputNodes.has(node) || readElsewhere.has(node) || apart.has(node));

  const places = new Map<Node, Place>();
  for (const node of graph.nodes) {
    if (node.op === 'buffer') places.set(node, { kind: 'input', slot: (node.arg as OpArgs['buffer']).slot });
  }
  const results = graph.outputs.map((node, index) => {
    const known = places.get(node) as Plan['results'][number] | undefined;
    const place = known ?? ({ kind: 'output', index } as const);
    places.set(node, place);
    return place;
  });

  const temporaries = groups.flatMap((group) =>
    group.roots.filter((root) => isStored(root) && !outputNodes.has(root)),
  );
  const lifetimes = temporaries.map((node): Lifetime => {
    const from = groupNumber.get(node) as number;
    return { bytes: bytesOf(node), from, to: lastRead.get(node) ?? from };
  });
  const loops = new Map<Group, LoopPlan>();
  const workspaces = new Map<Group, number>();
  groups.forEach((group, i) => {
    if (group.kind !== 'scan') return;
    const loop = planLoop(group, plan);
    loops.set(group, loop);
    lifetimes.push({ bytes: loop.workspaceBytes, from: i, to: i });
  });
  const memory = planMemory(lifetimes);
  [...loops.keys()].forEach((group, i) => {
    workspaces.set(group, memory.offsets[temporaries.length + i] as number);
  });
  temporaries.forEach((node, i) => {
    places.set(node, { kind: 'arena', offset: memory.offsets[i] as number, bytes: bytesOf(node) });
  });

  const awaited = groups.map((group) => group.roots.some((root) => readElsewhere.has(root)));
  const firstSink = awaited.lastIndexOf(true) + 1;

  const checks = (group: Group): boolean => {
    const { nodes, loaded } = contentsOf(group, isLoaded);
    const ownCheck = nodes.some((node) => node.op === 'checkIndex' && !loaded.has(node));
    return ownCheck || (loops.get(group)?.body.checks() ?? false);
  };
  // A check that fails in a sink is seen only after it has run: then nothing may be overwritten.
  const sinksCheck = groups.slice(firstSink).some(checks);
  const reusable = (index: number, slot: number): boolean => {
    const output = graph.outputs[index] as Node;
    const input = graph.nodes.find(
      (node) => node.op === 'buffer' && (node.arg as OpArgs['buffer']).slot === slot,
    );
    const place = places.get(output);
    const number = groupNumber.get(output);
    if (sinksCheck || !input || number === undefined || place?.kind !== 'output' || place.index !== index)
      return false;
    if (number < firstSink || bytesOf(input) !== bytesOf(output) || outputNodes.has(input)) return false;
    const later = reads.some((nodes, i) => i > number && nodes.has(input));
    return !later && readsInPlace(groups[number] as Group, input, isLoaded, isStored);
  };

  return {
    groups,
    firstSink,
    places,
    isLoaded,
    isStored,
    arenaBytes: memory.arenaBytes,
    results,
    outputs: graph.outputs,
    reusable,
    loops,
    workspaces,
    checks: () => groups.some(checks),
  };
}

/** Whether what follows a product gives the program a value that may take the place of an input of its size. */
function updatesAtEnd(
  { kind, roots }: Group,
  outputs: ReadonlySet<Node>,
  isLoaded: (node: Node) => boolean,
): boolean {
  const [, ...followers] = roots;
  return (
    kind === 'dot' &&
    followers.some((root) => outputs.has(root)) &&
    followers.some((root) =>
      [...loadedBy(root, isLoaded)].some(
        (node) => node.op === 'buffer' && sizeOf(node.shape) === sizeOf(root.shape),
      ),
    )
  );
}

/** Whether a group reads `input` only at the point that it is computing, so that a result may take its place. */
function readsInPlace(
  group: Group,
  input: Node,
  isLoaded: (node: Node) => boolean,
  isStored: (node: Node) => boolean,
): boolean {
  if (group.kind === 'scatterSet' || group.kind === 'scatterAdd') {
    const [base, ...others] = (group.roots[0] as Node).sources as [Node, Node, Node];
    return base === input && !others.some((node) => node === input || loadedBy(node, isLoaded).has(input));
  }
  if ((group.kind !== 'rows' && group.kind !== 'dot') || group.inner) return false;
  let roots = group.roots;
  if (group.kind === 'dot') {
    // What is computed point by point begins when a part of the product is complete.
    const [product, ...followers] = group.roots as [Node, ...Node[]];
    if (!isStored(product) || loadedBy(product, isLoaded).has(input)) return false;
    roots = followers;
  }
  const points = pointsOf(group.domain, null);
  let inPlace = true;
  for (const root of roots) {
    walk(root, rootIndices(root, points, group.domain), points.space, isLoaded, {
      read(node, position) {
        if (node === input && !equal(position, points.full)) inPlace = false;
      },
    });
  }
  return inPlace;
}

/** Text that is equal for groups whose kernels are equal but for the memory that they work on. */
export function groupKey(group: Group, { isLoaded, isStored }: Pick<Plan, 'isLoaded' | 'isStored'>): string {
  const { nodes, loaded } = contentsOf(group, isLoaded);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const lines = nodes.map((node) => {
    if (loaded.has(node)) return `load ${node.dtype} ${node.shape}`;
    const root = group.roots.includes(node) ? (isStored(node) ? ' stored' : ' kept') : '';
    const sources = sourcesInside(node, isLoaded).map((source) => numbers.get(source));
    return `${node.op} ${formatArg(node)} ${node.dtype} ${node.shape} ${sources}${root}`;
  });
  const roots = group.roots.map((root) => numbers.get(root));
  return `${group.kind} ${group.domain} / ${group.inner} -> ${roots}\n${lines.join('\n')}`;
}
