import { warn } from '#platform';
import {
  bufferNode,
  gradientMode,
  type Node,
  realizeNode,
  type Storage,
  storedNode,
  topologicalOrder,
  underlyingNode,
} from '../graph/node.ts';
import { opTable } from '../graph/ops.ts';
import { getDevice } from '../runtime/devices.ts';
import { normalize } from '../schedule/normalize.ts';
import { inspection } from './inspector.ts';

/** More nodes than this in one program that is not compiled once and for all are worth a word. */
const MANY_NODES = 20_000;

/**
 * Products on the way to values that will be differentiated: the gradient needs them, and computing them again would be
 * most of the work of a second forward pass. What lies between them is computed again.
 */
function worthKeeping(roots: readonly Node[], wanted: readonly Node[]): Node[] {
  if (!gradientMode.enabled) return [];
  const recorded = topologicalOrder(
    roots.filter((node) => node.tracksGradient),
    (node) => node.storage !== null || !node.tracksGradient,
  );
  return recorded.filter(
    (node) =>
      opTable[node.op].kind === 'contraction' &&
      node.tracksGradient &&
      node.references > 0 &&
      !node.storage &&
      !wanted.includes(node),
  );
}

/**
 * Computes, in one program, the nodes whose values are not there yet. Products that their gradients need are kept too.
 */
export function realizeNodes(nodes: readonly Node[], deviceName: string): void {
  const wanted = [...new Set(nodes.map(underlyingNode))].filter((node) => !node.storage);
  if (wanted.length === 0) return;
  const missing = [...wanted, ...worthKeeping(nodes, wanted)];
  const device = getDevice(deviceName);
  const graph = normalize(missing);
  if (graph.nodes.length > MANY_NODES) {
    warn(
      `A value was read that more than ${MANY_NODES} operations lead to, none of them computed before: planning so many at ` +
        'once takes long. Read or realize() values on the way, as after each step of a loop, or compile() the function.',
    );
  }
  const program = device.prepare(graph);
  const results = program.run(graph.inputs.map((node) => storageOf(node)));
  inspect(wanted, results, deviceName);
  missing.forEach((node, i) => {
    realizeNode(node, results[i] as NonNullable<Node['storage']>);
  });
}

/** Shows values to who looks at them, and gives them back if that ends in an error. */
function inspect(nodes: readonly Node[], storages: readonly Storage[], deviceName: string): void {
  try {
    inspection.inspector?.computed(nodes, storages, deviceName);
  } catch (error) {
    for (const storage of storages) storage.free();
    throw error;
  }
}

/** The storage of a node that has been computed. */
export function storageOf(node: Node): NonNullable<Node['storage']> {
  const storage = storedNode(node)?.storage;
  if (!storage || storage.freed) {
    throw new Error(
      'This tensor has been disposed; its value is gone. keep() it, or read it before it is disposed.',
    );
  }
  return storage;
}

/** A leaf with values uploaded to a device, which may keep the array itself unless they are to be copied. */
export function uploadNode(
  deviceName: string,
  dtype: Node['dtype'],
  shape: readonly number[],
  values: ArrayLike<number>,
  copy = true,
): Node {
  return bufferNode(getDevice(deviceName).upload(dtype, values, copy), shape);
}
