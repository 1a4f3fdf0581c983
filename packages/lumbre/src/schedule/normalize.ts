import { formatArg } from '../graph/format.ts';
import { isScan, type Loop, stackedOutput } from '../graph/loop.ts';
import {
  isTransparent,
  makeNode,
  type Node,
  type OpArgs,
  storedNode,
  topologicalOrder,
} from '../graph/node.ts';

/**
 * A graph in normal form: equal nodes merged, computed values and leaves replaced by numbered inputs. Two graphs that
 * compute the same thing on other data have the same key, so that a program made for one serves the other.
 */
export interface Graph {
  /** Every node once, sources first. Inputs are `buffer` nodes; their `arg.slot` counts from 0. */
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  /** The nodes, outside this graph, that hold the value of each slot. */
  readonly inputs: readonly Node[];
  readonly key: string;
}

/** What a value is made of: the other sources of a transparent node are for its gradient alone. */
const computedFrom = (node: Node): readonly Node[] =>
  isTransparent(node) ? node.sources.slice(0, 1) : node.sources;

/**
 * @throws if the graph needs a leaf whose value has been freed.
 */
export function normalize(outputs: readonly Node[]): Graph {
  const inputs: Node[] = [];
  const form = new NormalForm((holder) => {
    if (!holder.storage || holder.storage.freed) throw missingValue(holder);
    return inputs.push(holder) - 1;
  });
  const results = form.add(outputs);
  return { nodes: form.nodes, outputs: results, inputs, key: `${form.text()}\n-> ${form.list(results)}` };
}

function missingValue({ op, arg, storage, shape }: Node): Error {
  if (op === 'buffer' && !storage && (arg as OpArgs['buffer']).slot >= 0) {
    return new Error(
      'scan: a value inside the function that is scanned differs from step to step, so that it cannot be read, or kept ' +
        'outside of it; return what is wanted as the carry or as y.',
    );
  }
  return new Error(
    `This computation needs a tensor of shape [${shape.join(', ')}] that has been disposed. ` +
      'Read or realize what depends on a tensor before disposing it, or return it from scope() or keep() it.',
  );
}

/** A loop in normal form: its body, to which results may still be added, and the line that stands for it in a key. */
interface NormalLoop {
  readonly loop: Loop;
  readonly body: NormalForm;
  readonly head: string;
  readonly number: number;
}

/** Nodes that differ, each once, with a line of text for each that says what it is. */
class NormalForm {
  readonly nodes: Node[] = [];
  readonly #slotOf: (leaf: Node) => number;
  readonly #lines: string[] = [];
  readonly #byLine = new Map<string, Node>();
  readonly #numbers = new Map<Node, number>();
  /** What stands here for nodes outside. */
  readonly #known = new Map<Node, Node>();
  readonly #loops = new Map<string, NormalLoop>();

  /** @param slotOf the number of the input for a leaf, or for a value that is there; asked once for each. */
  constructor(slotOf: (leaf: Node) => number) {
    this.#slotOf = slotOf;
  }

  /** The nodes in here that compute the same as these. */
  add(outputs: readonly Node[]): Node[] {
    const isLeaf = (node: Node) => node.storage !== null || node.op === 'buffer';
    for (const node of topologicalOrder(outputs, (n) => isLeaf(n) || this.#known.has(n), computedFrom)) {
      if (!this.#known.has(node)) this.#known.set(node, isLeaf(node) ? this.#input(node) : this.#copy(node));
    }
    return outputs.map((node) => this.#known.get(node) as Node);
  }

  #input(leaf: Node): Node {
    const { shape, dtype } = leaf;
    const slot = this.#slotOf(leaf);
    return this.#intern(`buffer ${slot} ${dtype} ${shape}`, () =>
      makeNode('buffer', [], { slot }, { shape, dtype }),
    );
  }

  #copy(node: Node): Node {
    const sources = computedFrom(node).map((source) => this.#known.get(source) as Node);
    if (isTransparent(node)) return sources[0] as Node;
    if (isScan(node)) return this.#scan(node, sources);
    const line = `${node.op} ${node.dtype} ${node.shape} ${this.list(sources)} ${formatArg(node)}`;
    return this.#intern(line, () => ({ ...node, sources, tracksGradient: false, references: 0 }));
  }

  /** Results of equal loops over the same sources become results of one loop. */
  #scan(node: Node<'scan'>, sources: readonly Node[]): Node {
    const { loop, output } = node.arg;
    const { carries } = loop;
    const normal = this.#loop(loop, sources);
    let number = output;
    if (output >= carries) {
      const [wanted] = normal.body.add([loop.stacked[output - carries] as Node]) as [Node];
      number = stackedOutput(normal.loop, wanted);
    }
    return this.#intern(`scan ${normal.number} ${number}`, () => ({
      ...node,
      sources,
      arg: { loop: normal.loop, output: number },
      tracksGradient: false,
      references: 0,
    }));
  }

  #loop(loop: Loop, sources: readonly Node[]): NormalLoop {
    const { inputs, carries, slices, length, reverse } = loop;
    const body = new NormalForm((leaf) => (leaf.arg as OpArgs['buffer']).slot);
    const placeholders = body.add(inputs) as Node<'buffer'>[];
    const next = body.add(loop.next);
    const head = `loop ${this.list(sources)} / ${carries} ${slices} ${length} ${reverse} ${body.list(next)}`;
    const key = `${head}\n${body.text()}`;
    let normal = this.#loops.get(key);
    if (normal) {
      // An equal one; nodes of this one have to be known in there.
      normal.body.add([...inputs, ...loop.next]);
    } else {
      const normalized = { ...loop, inputs: placeholders, next, stacked: [] };
      normal = { loop: normalized, body, head, number: this.#loops.size };
      this.#loops.set(key, normal);
    }
    return normal;
  }

  #intern(line: string, make: () => Node): Node {
    let node = this.#byLine.get(line);
    if (!node) {
      node = make();
      this.#byLine.set(line, node);
      this.#numbers.set(node, this.nodes.length);
      this.nodes.push(node);
      this.#lines.push(line);
    }
    return node;
  }

  /** The numbers of nodes. */
  list(nodes: readonly Node[]): string {
    return nodes.map((node) => this.#numbers.get(node)).join();
  }

  /** Text that is equal for equal nodes. */
  text(): string {
    const loops = [...this.#loops.values()].map(
      ({ loop, body, head }) => `${head} {\n${body.text()}\n} ${body.list(loop.stacked)}`,
    );
    return [...loops, ...this.#lines].join('\n');
  }
}

/** Whether `node` shows a value that is already there, so that nothing needs to be computed. */
export const isStored = (node: Node): boolean => storedNode(node) !== null;
