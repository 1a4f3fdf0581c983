import { bufferNode, type Node, realizeNode, storedNode, underlyingNode } from '../graph/node.ts';
import { getDevice } from '../runtime/devices.ts';
import { normalize } from '../schedule/normalize.ts';

/** Computes, in one program, the nodes whose values are not there yet. */
export function realizeNodes(nodes: readonly Node[], deviceName: string): void {
  const missing = [...new Set(nodes.map(underlyingNode))].filter((node) => !node.storage);
  if (missing.length === 0) return;
  const device = getDevice(deviceName);
  const graph = normalize(missing);
  const program = device.prepare(graph);
  const results = program.run(graph.inputs.map((node) => storageOf(node)));
  missing.forEach((node, i) => {
    realizeNode(node, results[i] as NonNullable<Node['storage']>);
  });
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
