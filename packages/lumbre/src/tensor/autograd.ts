import * as build from '../graph/builder.ts';
import { areOfOneScan, isScan } from '../graph/loop.ts';
import { gradientMode, type Node, type OpName, topologicalOrder } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import { throughHooks } from './hooks.ts';

const rowOf = (node: Node) => opTable[node.op] as OpRow<OpName>;

const isDifferentiable = (node: Node): boolean => {
  const { gradient, composition } = rowOf(node);
  return gradient !== null || composition !== undefined;
};

/** The node whose gradient is being made, so that what is made can be told to belong to it. */
export const differentiated: { node: Node | null } = { node: null };

/**
 * Reverse-mode differentiation, from graph to graph: for each node that leads from `outputs` to a node where `isTarget`
 * holds, the gradient as a new node. Targets may lie behind one another.
 *
 * @param seeds the gradient of each output
 * @returns the gradients of the targets that were reached
 */
export function gradientsOf(
  outputs: readonly Node[],
  seeds: readonly Node[],
  isTarget: (node: Node) => boolean,
): Map<Node, Node> {
  const order = topologicalOrder(outputs, (node) => !node.tracksGradient);
  // Only what leads to a target needs a gradient.
  const leads = new Set<Node>();
  for (const node of order) {
    if (!node.tracksGradient) continue;
    const passesOn = isDifferentiable(node) && node.sources.some((source) => leads.has(source));
    if (passesOn || isTarget(node)) leads.add(node);
  }

  const gradients = new Map<Node, Node>();
  const accumulate = (node: Node, gradient: Node) => {
    const before = gradients.get(node);
    gradients.set(node, before ? build.add(before, gradient) : gradient);
  };
  outputs.forEach((output, i) => {
    accumulate(output, seeds[i] as Node);
  });

  const reached = new Map<Node, Node>();
  const scans = scansIn(order.filter((node) => leads.has(node)));
  const around = differentiated.node;
  try {
    for (const node of order.reverse()) {
      const total = gradients.get(node);
      const together = scans.get(node);
      if (!leads.has(node) || !(total || together)) continue;
      differentiated.node = node;
      let bySource: (Node | null)[] = [];
      if (total) {
        gradients.delete(node);
        const gradient = throughHooks(node, total);
        if (isTarget(node)) reached.set(node, gradient);
        if (!node.sources.some((source) => leads.has(source))) continue;
        if (together) together.gradients.set(node as Node<'scan'>, gradient);
        else bySource = rowOf(node).gradient?.(node, gradient, build) ?? throughComposition(node, gradient);
      }
      // The first of a loop's results comes last: by now the gradients of all of them are there.
      if (together?.first === node && together.gradients.size > 0) {
        bySource = together.first.arg.loop.gradient(
          [...together.gradients.keys()],
          [...together.gradients.values()],
        );
      }
      node.sources.forEach((source, i) => {
        const part = bySource[i];
        if (part && leads.has(source)) accumulate(source, part);
      });
    }
  } finally {
    differentiated.node = around;
  }
  return reached;
}

/** Results of one scan, which are differentiated together: apart, each would go through all steps for itself. */
interface Together {
  readonly first: Node<'scan'>;
  readonly gradients: Map<Node<'scan'>, Node>;
}

/** @param order nodes, sources first */
function scansIn(order: readonly Node[]): Map<Node, Together> {
  const found: Together[] = [];
  const byNode = new Map<Node, Together>();
  for (const node of order) {
    if (!isScan(node)) continue;
    let together = found.find(({ first }) => areOfOneScan(first, node));
    if (!together) {
      together = { first: node, gradients: new Map() };
      found.push(together);
    }
    byNode.set(node, together);
  }
  return byNode;
}

/** The gradient by each source of an op that has none of its own, but a composition to differentiate. */
function throughComposition(node: Node, dy: Node): (Node | null)[] {
  const { composition } = rowOf(node);
  if (!composition) return [];
  // Targets of their own: the composition may use one source in several places, and sources may depend on each other.
  const targets = node.sources.map((source) => {
    const target: Node = build.identity(source);
    target.tracksGradient = source.tracksGradient;
    return target;
  });
  const recording = gradientMode.enabled;
  gradientMode.enabled = true;
  const composed = composition({ ...node, sources: targets }, build);
  gradientMode.enabled = recording;
  const reached = gradientsOf([composed], [dy], (n) => targets.includes(n));
  return targets.map((target) => reached.get(target) ?? null);
}

/** A node with the value of another, at which a differentiation ends. */
export function standInFor(node: Node): Node {
  const standIn = build.identity(node);
  standIn.tracksGradient = true;
  return standIn;
}

/**
 * Forward-mode differentiation: the derivatives of `outputs` when `inputs` move along `tangents`. The gradients of the
 * inputs are linear in the seed that they start from; the transpose of that linear map is the derivative.
 *
 * @param inputs nodes that gradients are recorded towards; gradients must be recorded while this runs
 * @returns for each output its tangent, and what they must be freed of: the seed's stand-ins and what they stand for
 */
export function tangentsOf(
  outputs: readonly Node[],
  inputs: readonly Node[],
  tangents: readonly Node[],
): { readonly tangents: Node[]; readonly standIns: ReadonlyMap<Node, Node> } {
  const zeros = outputs.map((output) => build.full(output, 0));
  const seeds = zeros.map(standInFor);
  const wanted = new Set(inputs);
  const gradients = gradientsOf(outputs, seeds, (node) => wanted.has(node));
  const moved = inputs.flatMap((input, i) => {
    const gradient = gradients.get(input);
    return gradient ? [{ gradient, tangent: tangents[i] as Node }] : [];
  });
  const standIns = new Map(seeds.map((seed, i) => [seed, zeros[i] as Node]));
  const derivatives = gradientsOf(
    moved.map(({ gradient }) => gradient),
    moved.map(({ tangent }) => tangent),
    (node) => standIns.has(node),
  );
  return { tangents: seeds.map((seed, i) => derivatives.get(seed) ?? (zeros[i] as Node)), standIns };
}
