import { areOfOneScan, isScan } from '../graph/loop.ts';
import type { Node, OpArgs, OpName } from '../graph/node.ts';
import { type Shape, sameShape, sizeOf } from '../graph/shape.ts';
import { valueSources } from './access.ts';
import { equal, fixed, flatten, type Index, IndexSpace, unflatten } from './indexing.ts';
import type { Graph } from './normalize.ts';
import { walk } from './walk.ts';

/** What a kernel does: elementwise work and reductions over one domain, or a loop nest with a template of its own. */
export type GroupKind =
  | 'rows'
  | 'dot'
  | 'attention'
  | 'attentionGradient'
  | 'quantizedDot'
  | 'scatterAdd'
  | 'scatterSet'
  | 'argmax'
  | 'argsort'
  | 'accumulate'
  | 'linearRecurrence'
  | 'scan';

/**
 * Realized nodes that one kernel computes. A `rows` group runs over `domain`; its axes in `inner` are reduced for each
 * row, a row being one position in the others. Full nodes have a value at each point, row nodes one a row.
 */
export interface Group {
  readonly kind: GroupKind;
  domain: Shape;
  /** Reduced axes of the domain; `null` while the group only maps. */
  inner: readonly number[] | null;
  /** Sources first. */
  roots: Node[];
}

export const isReduce = (node: Node): boolean =>
  node.op === 'sum' || node.op === 'maxReduce' || node.op === 'prod';

/** The axes that a reduction walks over; sizes of 1 do not count. */
const reducedAxes = (node: Node): number[] => {
  const from = (node.sources[0] as Node).shape;
  return (node.arg as OpArgs['sum']).axes.filter((axis) => from[axis] !== 1);
};

export const rowCount = (domain: Shape, inner: readonly number[]): number =>
  sizeOf(domain.filter((_, axis) => !inner.includes(axis)));

/** Variables for the points of a domain, and the positions that full and row nodes have at them. */
export interface Points {
  readonly space: IndexSpace;
  readonly variables: readonly Index[];
  readonly full: Index;
  readonly row: Index | null;
}

export function pointsOf(domain: Shape, inner: readonly number[] | null): Points {
  const space = new IndexSpace();
  const variables = domain.map((size) => (size === 1 ? fixed(0) : space.variable(0, size - 1)));
  return pointsAt(space, variables, domain, inner);
}

export function pointsAt(
  space: IndexSpace,
  variables: readonly Index[],
  domain: Shape,
  inner: readonly number[] | null,
): Points {
  const outer = domain.map((_, axis) => axis).filter((axis) => !inner?.includes(axis));
  const row = inner
    ? flatten(
        outer.map((axis) => variables[axis] as Index),
        outer.map((axis) => domain[axis] as number),
      )
    : null;
  return { space, variables, full: flatten(variables, domain), row };
}

/** Whether a root has a value at each point (a map) rather than one a row. */
export function isFull(root: Node, domain: Shape, inner: readonly number[] | null): boolean {
  if (isReduce(root)) return false;
  return !inner || sizeOf(root.shape) === sizeOf(domain);
}

/** The indices at which a root is computed at the current point; for a reduction, those of its source. */
export function rootIndices(
  root: Node,
  { space, variables, full, row }: Points,
  domain: Shape,
): readonly Index[] {
  const shape = isReduce(root) ? (root.sources[0] as Node).shape : root.shape;
  if (sameShape(shape, domain)) return variables;
  return unflatten(space, sizeOf(shape) === sizeOf(domain) ? full : (row as Index), shape);
}

/** Where a root reads a value: at the point it is computed at, in its row, or somewhere else. */
type Relation = 'point' | 'row' | 'elsewhere';

/** How each root reads what it loads, worked out once for each domain that it is tried in. */
class Relations {
  readonly #isLoaded: (node: Node) => boolean;
  readonly #known = new Map<Node, Map<string, ReadonlyMap<Node, Relation>>>();

  constructor(isLoaded: (node: Node) => boolean) {
    this.#isLoaded = isLoaded;
  }

  of(root: Node, domain: Shape, inner: readonly number[] | null): ReadonlyMap<Node, Relation> {
    const byDomain = this.#known.get(root) ?? new Map<string, ReadonlyMap<Node, Relation>>();
    this.#known.set(root, byDomain);
    const key = `${domain}/${inner}`;
    let relations = byDomain.get(key);
    if (!relations) {
      relations = this.#find(root, domain, inner);
      byDomain.set(key, relations);
    }
    return relations;
  }

  #find(root: Node, domain: Shape, inner: readonly number[] | null): Map<Node, Relation> {
    const points = pointsOf(domain, inner);
    const relations = new Map<Node, Relation>();
    walk(root, rootIndices(root, points, domain), points.space, this.#isLoaded, {
      read(node, position) {
        const atPoint = isFull(node, domain, inner);
        const expected = atPoint ? points.full : points.row;
        const here = expected && equal(position, expected) ? (atPoint ? 'point' : 'row') : 'elsewhere';
        relations.set(node, (relations.get(node) ?? here) === here ? here : 'elsewhere');
      },
    });
    return relations;
  }
}

/** Rows this long in so few rows are left apart from what follows them: one row is one thread's work. */
const FEW_ROWS = 4;
const LONG_ROW = 32768;

/**
 * Puts the realized nodes into kernels: each starts alone, and a consumer joins its producer where every value that
 * passes between them is at the same point or in the same row. So softmax, layer norm, cross-entropy and their gradients
 * become one kernel each.
 */
export function groupNodes(graph: Graph, realized: ReadonlySet<Node>): Group[] {
  const isLoaded = (node: Node) => node.op === 'buffer' || realized.has(node);
  const relations = new Relations(isLoaded);
  const groupOf = new Map<Node, Group>();
  const groups = new Set<Group>();
  const sources = new Map<Group, Set<Group>>();
  const reads = new Map<Node, ReadonlySet<Node>>();

  const start = (root: Node) => {
    const group = newGroup(root);
    groups.add(group);
    groupOf.set(root, group);
    const from = new Set<Group>();
    for (const node of loadedBy(root, isLoaded)) {
      const producer = groupOf.get(node);
      if (producer) from.add(producer);
    }
    sources.set(group, from);
    return group;
  };

  /** Whether a value passes between the two; a group may have to wait for another that it does not read from. */
  const readsFrom = (consumer: Group, producer: Group): boolean =>
    consumer.roots.some((root) => {
      const values = reads.get(root) as ReadonlySet<Node>;
      return producer.roots.some((other) => values.has(other));
    });

  const merge = (
    producer: Group,
    consumer: Group,
    fit: { domain: Shape; inner: readonly number[] | null },
  ) => {
    producer.domain = fit.domain;
    producer.inner = fit.inner;
    producer.roots = [...producer.roots, ...consumer.roots];
    for (const root of consumer.roots) groupOf.set(root, producer);
    const from = sources.get(producer) as Set<Group>;
    for (const group of sources.get(consumer) as Set<Group>) if (group !== producer) from.add(group);
    groups.delete(consumer);
    sources.delete(consumer);
    for (const others of sources.values()) if (others.delete(consumer)) others.add(producer);
    from.delete(producer);
  };

  /** Whether `consumer` needs `producer` through a third group: merging the two would make a circle. */
  const dependsThroughOther = (consumer: Group, producer: Group): boolean => {
    const stack = [...(sources.get(consumer) as Set<Group>)].filter((group) => group !== producer);
    const seen = new Set(stack);
    for (let group = stack.pop(); group; group = stack.pop()) {
      if (group === producer) return true;
      for (const next of sources.get(group) as Set<Group>) {
        if (!seen.has(next)) {
          seen.add(next);
          stack.push(next);
        }
      }
    }
    return false;
  };

  for (const node of graph.nodes) {
    if (!realized.has(node)) continue;
    reads.set(node, loadedBy(node, isLoaded, valueSources));
    const sibling = [...groups].find(({ roots }) => areSiblings(roots[0] as Node, node));
    if (sibling) {
      sibling.roots.push(node);
      groupOf.set(node, sibling);
      continue;
    }
    let group = start(node);
    // Joining one producer can bring the next within reach; each merge leaves fewer groups.
    for (let joined = true; joined; ) {
      joined = false;
      for (const producer of sources.get(group) as Set<Group>) {
        const fit = readsFrom(group, producer) && fitTogether(producer, group, relations);
        if (!fit || dependsThroughOther(group, producer)) continue;
        merge(producer, group, fit);
        group = producer;
        joined = true;
        break;
      }
    }
  }
  return inOrder(graph, groups, sources, groupOf, (group) => mayOverwrite(group, reads));
}

/** Ops whose kernel is a template of its own, and its kind. Attention and its statistic are made together. */
const templates: Partial<Record<OpName, GroupKind>> = {
  dot: 'dot',
  attention: 'attention',
  attentionLogSumExp: 'attention',
  attentionGradient: 'attentionGradient',
  quantizedDot: 'quantizedDot',
  scatterAdd: 'scatterAdd',
  scatterSet: 'scatterSet',
  argmax: 'argmax',
  argsort: 'argsort',
  accumulate: 'accumulate',
  linearRecurrence: 'linearRecurrence',
  scan: 'scan',
};

/** Results that one kernel computes from the same sources. */
const areSiblings = (a: Node, b: Node): boolean => {
  if (isScan(a) && isScan(b)) return areOfOneScan(a, b);
  const kind = templates[a.op];
  return (
    (kind === 'attention' || kind === 'attentionGradient') &&
    kind === templates[b.op] &&
    a.sources.length === b.sources.length &&
    a.sources.every((source, i) => source === b.sources[i]) &&
    (a.arg as OpArgs['attention']).causal === (b.arg as OpArgs['attention']).causal &&
    (a.arg as OpArgs['attention']).scale === (b.arg as OpArgs['attention']).scale
  );
};

function newGroup(root: Node): Group {
  const kind = templates[root.op];
  if (kind) return { kind, domain: root.shape, inner: null, roots: [root] };
  if (isReduce(root)) {
    return { kind: 'rows', domain: (root.sources[0] as Node).shape, inner: reducedAxes(root), roots: [root] };
  }
  return { kind: 'rows', domain: root.shape, inner: null, roots: [root] };
}

/** The realized values and inputs that a root's own expression needs, or, by `valueSources`, those that it reads. */
export function loadedBy(
  root: Node,
  isLoaded: (node: Node) => boolean,
  sourcesOf: (node: Node) => readonly Node[] = (node) => node.sources,
): Set<Node> {
  const loaded = new Set<Node>();
  const seen = new Set<Node>();
  const stack = [...sourcesOf(root)];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (isLoaded(node)) loaded.add(node);
    else stack.push(...sourcesOf(node));
  }
  return loaded;
}

export const isTrailing = (domain: Shape, inner: readonly number[]): boolean => {
  const first = Math.min(...inner);
  return domain.every((size, axis) => axis < first || inner.includes(axis) || size === 1);
};

/** Whether a map is computed from a product point by point, so that it can follow while the product is in cache. */
function fitEpilogue(product: Group, consumer: Group, relations: Relations) {
  const { domain } = product;
  const members = new Set([...product.roots, ...consumer.roots]);
  for (const root of consumer.roots) {
    // The product is summed up in the memory of what is made of it.
    if (root.dtype !== 'float32' || sizeOf(root.shape) !== sizeOf(domain)) return null;
    for (const [node, relation] of relations.of(root, domain, null)) {
      if (members.has(node) && relation !== 'point') return null;
    }
  }
  return { domain, inner: null };
}

/** The domain that both groups can run over together, or `null`. */
function fitTogether(producer: Group, consumer: Group, relations: Relations) {
  if (consumer.kind !== 'rows') return null;
  if (producer.kind === 'dot' && !consumer.inner) return fitEpilogue(producer, consumer, relations);
  if (producer.kind !== 'rows') return null;
  const leader = consumer.inner && !producer.inner ? consumer : producer;
  const { domain, inner } = leader;
  const other = leader === producer ? consumer : producer;
  const size = sizeOf(domain);
  if (size === 0) return null;
  if (inner && other.inner) {
    if (sizeOf(other.domain) !== size || rowCount(other.domain, other.inner) !== rowCount(domain, inner))
      return null;
    // Equal numbers do not make equal rows: a square can be summed along both of its axes.
    const sameRows = sameShape(domain, other.domain) && inner.join() === other.inner.join();
    if (!sameRows && !(isTrailing(domain, inner) && isTrailing(other.domain, other.inner))) return null;
  }
  const rows = inner ? rowCount(domain, inner) : size;
  if (inner && rows < FEW_ROWS && size / rows > LONG_ROW) return null;
  const roots = [...producer.roots, ...consumer.roots];
  const members = new Set(roots);
  for (const root of roots) {
    const shape = isReduce(root) ? (root.sources[0] as Node).shape : root.shape;
    const atPoints = sizeOf(shape) === size;
    if (isReduce(root) ? !atPoints : !atPoints && (!inner || sizeOf(shape) !== rows)) return null;
    // Where columns are reduced, a row's points lie far apart: only reductions and what is made of them go together.
    if (inner && !isTrailing(domain, inner) && !isReduce(root) && atPoints) return null;
    for (const [node, relation] of relations.of(root, domain, inner)) {
      if (!members.has(node)) continue;
      if (relation === 'elsewhere' || (relation === 'point' && !atPoints)) return null;
    }
  }
  return { domain, inner };
}

/** Whether a group is an update of state, which may take the place of an input that it reads. */
function mayOverwrite(group: Group, reads: ReadonlyMap<Node, ReadonlySet<Node>>): boolean {
  if ((group.kind !== 'rows' && group.kind !== 'dot') || group.inner) return false;
  const roots = group.kind === 'dot' ? group.roots.slice(1) : group.roots;
  return roots.some((root) =>
    [...(reads.get(root) as ReadonlySet<Node>)].some(
      (node) => node.op === 'buffer' && sizeOf(node.shape) === sizeOf(root.shape),
    ),
  );
}

/**
 * Groups so that producers come first. Of those that nobody waits for, updates of state come last, so that an error can
 * still stop them; the others come as soon as they can, so that what they read need not be kept.
 */
function inOrder(
  graph: Graph,
  groups: ReadonlySet<Group>,
  sources: ReadonlyMap<Group, ReadonlySet<Group>>,
  groupOf: ReadonlyMap<Node, Group>,
  isUpdate: (group: Group) => boolean,
): Group[] {
  const awaited = new Set<Group>();
  for (const from of sources.values()) for (const group of from) awaited.add(group);
  const order: Group[] = [];
  const visited = new Set<Group>();
  const visit = (first: Group) => {
    const stack: { group: Group; pending: Group[] }[] = [];
    const enter = (group: Group) => {
      if (visited.has(group)) return;
      visited.add(group);
      stack.push({ group, pending: [...(sources.get(group) as ReadonlySet<Group>)].reverse() });
    };
    enter(first);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { group: Group; pending: Group[] };
      const next = top.pending.pop();
      if (next) enter(next);
      else order.push((stack.pop() as { group: Group }).group);
    }
  };
  // In the order of the graph, so that a schedule depends on nothing else.
  const inGraphOrder = [...new Set(graph.nodes.flatMap((node) => groupOf.get(node) ?? []))].filter((g) =>
    groups.has(g),
  );
  for (const group of inGraphOrder) if (awaited.has(group)) visit(group);
  for (const group of inGraphOrder) visit(group);
  const steps = order.filter((group) => awaited.has(group));
  const position = new Map(steps.map((group, i) => [group, i]));
  const following = steps.map((): Group[] => []);
  const last: Group[] = [];
  for (const group of order) {
    if (awaited.has(group)) continue;
    const from = [...(sources.get(group) as ReadonlySet<Group>)].map(
      (other) => position.get(other) as number,
    );
    const place = isUpdate(group) || from.length === 0 ? last : following[Math.max(...from)];
    (place as Group[]).push(group);
  }
  return [...steps.flatMap((group, i) => [group, ...(following[i] as Group[])]), ...last];
}
