import { bytesPerElement, type NumericArray } from '../../graph/dtype.ts';
import { formatArg } from '../../graph/format.ts';
import { isScan } from '../../graph/loop.ts';
import type { Node, Storage } from '../../graph/node.ts';
import { formatShape, sizeOf } from '../../graph/shape.ts';
import type { Graph } from '../../schedule/normalize.ts';
import type { KernelReport, Program, ProgramReport } from '../device.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { evaluate } from './evaluate.ts';
import { Scans } from './scan.ts';
import { JsStorage, type Ledger } from './storage.ts';

/** A graph, evaluated node by node in the order in which it is given. */
export class JsProgram implements Program {
  readonly #nodes: readonly Node[];
  readonly #outputs: readonly Node[];
  /** For each node, the nodes whose values nobody needs after it. */
  readonly #expiring: readonly (readonly Node[])[];
  readonly #inputCount: number;
  readonly #ledger: Ledger;
  readonly #stopwatch: Stopwatch;

  constructor({ nodes, outputs, inputs }: Graph, ledger: Ledger, stopwatch: Stopwatch) {
    // The graph itself is not kept: its `inputs` hold values.
    this.#nodes = nodes;
    this.#outputs = outputs;
    this.#inputCount = inputs.length;
    this.#expiring = expiringAfter(nodes, outputs);
    this.#ledger = ledger;
    this.#stopwatch = stopwatch;
  }

  run(inputs: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    if (inputs.length !== this.#inputCount) {
      throw new RangeError(`js: this program has ${this.#inputCount} inputs, got ${inputs.length}.`);
    }
    if (reuse.some((storage) => storage !== null)) {
      throw new Error('js: no output of a program may be written over an input; ask reusable() first.');
    }
    const values = new Map<Node, NumericArray>();
    this.#stopwatch.time(1, () => this.#evaluate(inputs, values));
    return this.#outputs.map(
      (node) => new JsStorage(node.dtype, values.get(node) as NumericArray, this.#ledger),
    );
  }

  #evaluate(inputs: readonly Storage[], values: Map<Node, NumericArray>): void {
    let scratch = 0;
    const scans = new Scans();
    this.#nodes.forEach((node, position) => {
      if (node.op === 'buffer') {
        values.set(node, inputValue(node as Node<'buffer'>, inputs));
      } else {
        const sources = node.sources.map((source) => values.get(source) as NumericArray);
        const value = isScan(node) ? scans.evaluate(node, sources) : evaluate(node, sources);
        values.set(node, value);
        scratch += value.byteLength;
        this.#ledger.touched(scratch);
      }
      for (const expired of this.#expiring[position] as readonly Node[]) {
        if (expired.op !== 'buffer') scratch -= (values.get(expired) as NumericArray).byteLength;
        values.delete(expired);
      }
    });
  }

  reusable(): boolean {
    return false;
  }

  report(): ProgramReport {
    const kernels = this.#nodes.filter((node) => node.op !== 'buffer').map(describe);
    return { device: 'js', kernels, memory: [], arenaBytes: 0 };
  }
}

function inputValue(node: Node<'buffer'>, inputs: readonly Storage[]): NumericArray {
  const storage = inputs[node.arg.slot];
  const expected = `${sizeOf(node.shape)} ${node.dtype} elements`;
  if (!(storage instanceof JsStorage)) {
    throw new TypeError(`js: input ${node.arg.slot} is on device '${storage?.device}', expected 'js'.`);
  }
  if (storage.dtype !== node.dtype || storage.size !== sizeOf(node.shape)) {
    throw new RangeError(
      `js: input ${node.arg.slot} has ${storage.size} ${storage.dtype} elements, expected ${expected}.`,
    );
  }
  return storage.values;
}

/** For each node, what is used there for the last time (the node itself if it is never used); outputs never expire. */
function expiringAfter(nodes: readonly Node[], outputs: readonly Node[]): Node[][] {
  const lastUse = new Map<Node, number>();
  nodes.forEach((node, position) => {
    lastUse.set(node, position);
    for (const source of node.sources) lastUse.set(source, position);
  });
  for (const output of outputs) lastUse.delete(output);
  const expiring = nodes.map((): Node[] => []);
  for (const [node, position] of lastUse) expiring[position]?.push(node);
  return expiring;
}

const bytesOf = (node: Node): number => sizeOf(node.shape) * bytesPerElement(node.dtype);

/** Additions and multiplications of a node, roughly. */
function operationsOf(node: Node): number {
  const [first] = node.sources;
  if (node.op === 'dot') return 2 * sizeOf(node.shape) * ((first as Node).shape.at(-1) as number);
  const reduces = 'axes' in (node.arg ?? {}) || node.op === 'argmax';
  return sizeOf(reduces ? (first as Node).shape : node.shape);
}

function describe(node: Node): KernelReport {
  const typed = ({ dtype, shape }: Node) => `${dtype}${formatShape(shape)}`;
  const arg = node.arg === null ? '' : ` ${isScan(node) ? formatArg(node) : JSON.stringify(node.arg)}`;
  return {
    name: node.op,
    nodes: [`${typed(node)} = ${node.op}(${node.sources.map(typed).join(', ')})${arg}`],
    bytes: node.sources.reduce((total, source) => total + bytesOf(source), bytesOf(node)),
    operations: operationsOf(node),
  };
}
