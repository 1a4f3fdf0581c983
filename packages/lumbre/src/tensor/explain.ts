import { formatArg } from '../graph/format.ts';
import type { Node } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import type { DeviceStatistics, MemoryUse, ProgramReport } from '../runtime/device.ts';
import { defaultDevice, getDevice } from '../runtime/devices.ts';
import { type Graph, isStored, normalize } from '../schedule/normalize.ts';
import type { CompiledFunction } from './compile.ts';
import { commonDevice, isTensor } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** A number of bytes for people. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function formatGraph({ nodes, outputs, inputs }: Graph): string {
  const names = new Map(nodes.map((node, i) => [node, `%${i}`]));
  const nameOf = (node: Node) => names.get(node) as string;
  const lines = nodes.map((node) => {
    const sources = node.sources.map((source) => ` ${nameOf(source)}`).join('');
    return `  ${nameOf(node)} = ${node.op}${sources}${[' ', formatArg(node)].join('').trimEnd()} : ${node.dtype}${formatShape(node.shape)}`;
  });
  const title = `graph: ${plural(nodes.length, 'node')}, ${plural(inputs.length, 'input')}`;
  return [title, ...lines, `  return ${outputs.map(nameOf).join(', ')}`].join('\n');
}

function formatReport({ device, kernels, memory, arenaBytes }: ProgramReport): string {
  const title = `program on '${device}': ${plural(kernels.length, 'kernel')}, arena of ${formatBytes(arenaBytes)}`;
  const lines = kernels.flatMap(({ name, nodes, bytes, operations }, i) => [
    `  ${i + 1}. ${name}: ${formatBytes(bytes)}, ${plural(operations, 'operation')}`,
    ...nodes.map((node) => `       ${node}`),
  ]);
  const places = memory.map(({ name, offset, bytes }) => `  ${name} at ${offset}, ${formatBytes(bytes)}`);
  return [title, ...lines, ...(places.length > 0 ? ['memory:', ...places] : [])].join('\n');
}

/** A node of a graph that is to be computed; its sources are the ids of other nodes. */
export interface ExplainedNode {
  readonly id: number;
  readonly op: string;
  /** The op's argument in words: axes, a shape, a number; empty where there is none. */
  readonly detail: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sources: readonly number[];
}

/** How tensors will be computed: the graph of what is not computed yet, and the program that a device makes of it. */
export interface Explanation extends ProgramReport {
  readonly nodes: readonly ExplainedNode[];
  /** The ids of the nodes that are wanted. */
  readonly outputs: readonly number[];
}

/** What `explain` tells of tensors, as data; null when their values are there already. Computes nothing. */
export function explanation(target: Tensor | readonly Tensor[]): Explanation | null {
  const prepared = prepare(target);
  if (!prepared) return null;
  const { graph, report } = prepared;
  const ids = new Map(graph.nodes.map((node, id) => [node, id]));
  const idOf = (node: Node) => ids.get(node) as number;
  return {
    ...report,
    nodes: graph.nodes.map((node, id) => ({
      ...{ id, op: node.op, detail: formatArg(node), dtype: node.dtype, shape: node.shape },
      sources: node.sources.map(idOf),
    })),
    outputs: graph.outputs.map(idOf),
  };
}

function prepare(target: Tensor | readonly Tensor[]): { graph: Graph; report: ProgramReport } | null {
  const tensors = isTensor(target) ? [target] : target;
  const missing = tensors.map(({ node }) => node).filter((node) => !isStored(node));
  if (missing.length === 0) return null;
  const device = commonDevice('explain', tensors);
  const graph = normalize(missing);
  return { graph, report: getDevice(device).prepare(graph).report() };
}

/**
 * How tensors will be computed, as text: the graph of what is not computed yet, one node a line, and the kernels and
 * memory that the device makes of it. Of a compiled function: the programs that it has made so far. Computes nothing.
 */
export function explain(target: Tensor | readonly Tensor[] | CompiledFunction<never[], unknown>): string {
  if (typeof target === 'function') {
    const reports = target.explain();
    return reports.length === 0
      ? 'nothing compiled yet: call the function first'
      : reports.map(formatReport).join('\n\n');
  }
  const prepared = prepare(target);
  if (!prepared) return 'nothing to compute: the value is there already';
  return `${formatGraph(prepared.graph)}\n\n${formatReport(prepared.report)}`;
}

/** What a device holds: live and peak bytes, and the number of storages. */
export const memory = (device: string = defaultDevice()): MemoryUse => getDevice(device).memory();

/**
 * What a device has done so far: programs, threads, and the time in kernels. Read it before and after a step: what the
 * step took beyond its `kernelMs` was JavaScript.
 */
export const statistics = (device: string = defaultDevice()): DeviceStatistics =>
  getDevice(device).statistics();
