import { formatNode } from '../graph/format.ts';
import type { Node, OpArgs, OpName } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import { sizeOf } from '../graph/shape.ts';
import { contentsOf } from '../schedule/contents.ts';
import type { Group } from '../schedule/group.ts';
import { bytesOf, type Plan } from '../schedule/plan.ts';
import type { KernelReport, ProgramReport } from './device.ts';

/** A plan in words and figures, for `explain`. */
export function describePlan(device: string, plan: Plan): ProgramReport {
  const names = new Map<Node, string>();
  const nameOf = (node: Node): string => {
    if (node.op === 'after' && !plan.isLoaded(node)) return nameOf(node.sources[0] as Node);
    const place = plan.places.get(node);
    if (place?.kind === 'input') return `input${place.slot}`;
    let name = names.get(node);
    if (!name) {
      name = `${node.op}${names.size}`;
      names.set(node, name);
    }
    return name;
  };
  const kernels = plan.groups.map((group) => describeGroup(group, plan, nameOf));
  const memory = [...plan.places].flatMap(([node, place]) =>
    place.kind === 'arena' ? [{ name: nameOf(node), offset: place.offset, bytes: place.bytes }] : [],
  );
  return { device, kernels, memory, arenaBytes: plan.arenaBytes };
}

function describeGroup(group: Group, plan: Plan, nameOf: (node: Node) => string): KernelReport {
  const { nodes, loaded } = contentsOf(group, plan.isLoaded);
  const stored = group.roots.filter(plan.isStored);
  const loop = plan.loops.get(group);
  if (loop) {
    const { kernels } = describePlan('', loop.body);
    const results = group.roots.map((root) => formatNode(root, nameOf, true));
    const steps = kernels.flatMap((kernel, i) => [
      `each step, ${i + 1}. ${kernel.name}:`,
      ...kernel.nodes.map((line) => `  ${line}`),
    ]);
    return { name: 'scan', nodes: [...results, ...steps], ...costOf(group, plan) };
  }
  return {
    name: group.kind === 'rows' ? (group.inner ? 'rows' : 'map') : group.kind,
    nodes: nodes
      .filter((node) => !loaded.has(node))
      .map((node) => formatNode(node, nameOf, stored.includes(node))),
    ...costOf(group, plan),
  };
}

/** The bytes that a group's kernel moves and the operations that it makes. */
export function costOf(group: Group, plan: Plan): { readonly bytes: number; readonly operations: number } {
  const loop = plan.loops.get(group);
  if (loop) {
    const costs = loop.body.groups.map((inner) => costOf(inner, loop.body));
    const total = (of: 'bytes' | 'operations') =>
      loop.loop.length * costs.reduce((sum, cost) => sum + cost[of], 0);
    return { bytes: total('bytes'), operations: total('operations') };
  }
  const { nodes, loaded } = contentsOf(group, plan.isLoaded);
  const moved = [...loaded, ...group.roots.filter(plan.isStored)];
  return {
    bytes: moved.reduce((sum, node) => sum + bytesOf(node), 0),
    operations: nodes.reduce((sum, node) => sum + (loaded.has(node) ? 0 : operationsOf(node)), 0),
  };
}

/** Additions and multiplications, roughly; a contraction's exactly. */
function operationsOf(node: Node): number {
  if (node.op === 'dot' || node.op === 'quantizedDot')
    return 2 * sizeOf(node.shape) * ((node.sources[0] as Node).shape.at(-1) as number);
  if (node.op === 'attention' || node.op === 'attentionGradient') {
    // Two products for the result and for each of its gradients; a causal mask saves half.
    const [q, k] = node.sources as [Node, Node];
    const products = 4 * sizeOf(q.shape) * (k.shape.at(-2) as number);
    return (node.arg as OpArgs['attention']).causal ? products / 2 : products;
  }
  const { kind, cost } = opTable[node.op] as OpRow<OpName>;
  const elements = kind === 'reduce' ? sizeOf((node.sources[0] as Node).shape) : sizeOf(node.shape);
  return (cost ?? 0) * elements;
}
