import * as build from '../../graph/builder.ts';
import { type Node, topologicalOrder } from '../../graph/node.ts';
import { opTable } from '../../graph/ops.ts';
import { slotOf, stackOf } from './builder.ts';

/** What is dearer to compute again than to keep. */
const isKept = (node: Node): boolean => {
  const { kind } = opTable[node.op];
  return kind === 'contraction' || kind === 'reduce' || (kind === 'indexed' && node.op !== 'gather');
};

/** What a backward step can see of its forward step: inputs, and values that are kept. All else is computed from them. */
export class ForwardStep {
  readonly #result: Node<'scan'>;
  readonly #nodes: ReadonlySet<Node>;
  readonly #stacks = new Map<Node, Node>();

  constructor(result: Node<'scan'>) {
    const { next, stacked } = result.arg.loop;
    this.#result = result;
    this.#nodes = new Set(topologicalOrder([...next, ...stacked]));
  }

  isSeen(node: Node): boolean {
    return this.#nodes.has(node) && (node.op === 'buffer' || isKept(node));
  }

  /** The source of an input that is the same in each step. */
  same(node: Node): Node | null {
    const { carries, slices, next } = this.#result.arg.loop;
    if (node.op !== 'buffer') return null;
    const slot = slotOf(node);
    return slot >= carries + slices || next[slot] === node ? (this.#result.sources[slot] as Node) : null;
  }

  /** What a value has been in each step, stacked. */
  stack(node: Node): Node {
    const known = this.#stacks.get(node) ?? this.#stack(node);
    this.#stacks.set(node, known);
    return known;
  }

  #stack(node: Node): Node {
    const { carries } = this.#result.arg.loop;
    if (node.op !== 'buffer') return stackOf(this.#result, node);
    const slot = slotOf(node);
    return slot < carries ? this.#history(slot) : (this.#result.sources[slot] as Node);
  }

  /** The values of a carry at the beginning of each step: the first, and all next ones but the last. */
  #history(carry: number): Node {
    const { inputs, next, length, reverse } = this.#result.arg.loop;
    const value = next[carry] as Node;
    if (value.op === 'buffer') return stackOf(this.#result, inputs[carry] as Node);
    const init = this.#result.sources[carry] as Node;
    const first = build.reshape(init, [1, ...init.shape]);
    if (length === 1) return first;
    const zeros = [0, ...init.shape.map(() => 0)];
    const [one, others] = [zeros.with(0, 1), zeros.with(0, length - 1)];
    const all = stackOf(this.#result, value);
    const kept = build.shrink(all, reverse ? one : zeros, [length - 1, ...init.shape]);
    const join = init.dtype === 'bool' ? build.or : build.add;
    return reverse
      ? join(build.pad(kept, zeros, one), build.pad(first, others, zeros))
      : join(build.pad(first, zeros, others), build.pad(kept, one, zeros));
  }
}
