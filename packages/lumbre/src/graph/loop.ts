import type { Hint, Inferred } from './infer.ts';
import type { Node } from './node.ts';
import { formatShape, type Shape, sameShape } from './shape.ts';

/**
 * What is computed in each step of a `scan`. The sources of the scan are, in order: the first value of each carry; tensors
 * that each step sees a slice of along dimension 0; tensors that every step sees whole. `inputs` stand for them in the
 * body: a carry, a slice, the tensor itself.
 */
export interface Loop {
  /** Buffers whose slots count from 0. The body is made of nothing else from outside. */
  readonly inputs: readonly Node<'buffer'>[];
  /** How many of the inputs are carries, and how many after them are slices. */
  readonly carries: number;
  readonly slices: number;
  /** The carries of the next step. */
  readonly next: readonly Node[];
  /** Values of which all steps are kept, stacked along a new dimension 0. More can be asked for at any time. */
  readonly stacked: Node[];
  /** How many steps; at least one. */
  readonly length: number;
  /** Whether steps go from the last slice to the first. */
  readonly reverse: boolean;
  /** The gradients of the sources, given those of some results of one scan. */
  readonly gradient: (nodes: readonly Node<'scan'>[], dys: readonly Node[]) => (Node | null)[];
}

/** One result of a loop: the last value of carry `output`, or, counted on from the carries, one of `stacked`. */
export interface ScanArg {
  readonly loop: Loop;
  readonly output: number;
}

/** The number of the result that stacks `node`. */
export function stackedOutput({ carries, stacked }: Loop, node: Node): number {
  const known = stacked.indexOf(node);
  return carries + (known >= 0 ? known : stacked.push(node) - 1);
}

/** The node that is the result, or that the result stacks. */
export const resultOf = ({ loop, output }: ScanArg): Node =>
  (output < loop.carries ? loop.next[output] : loop.stacked[output - loop.carries]) as Node;

/** Results of one loop over the same sources: computed together, and differentiated together. */
export const areOfOneScan = (a: Node<'scan'>, b: Node<'scan'>): boolean =>
  a.arg.loop === b.arg.loop && a.sources.every((source, i) => source === b.sources[i]);

export const isScan = (node: Node): node is Node<'scan'> => node.op === 'scan';

export function inferScan(sources: readonly Node[], arg: ScanArg, _hint: Hint): Inferred {
  const { inputs, carries, slices, length } = arg.loop;
  if (sources.length !== inputs.length) {
    throw new TypeError(`scan: expected ${inputs.length} sources, got ${sources.length}.`);
  }
  sources.forEach(({ dtype, shape }, i) => {
    const { dtype: wanted, shape: size } = inputs[i] as Node;
    const isSlice = i >= carries && i < carries + slices;
    const expected: Shape = isSlice ? [length, ...size] : size;
    if (dtype === wanted && sameShape(shape, expected)) return;
    throw new RangeError(
      `scan: source ${i} is ${dtype}${formatShape(shape)}, expected ${wanted}${formatShape(expected)}.`,
    );
  });
  const { dtype, shape } = resultOf(arg);
  return { dtype, shape: arg.output < carries ? shape : [length, ...shape] };
}
