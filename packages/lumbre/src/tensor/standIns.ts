import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import { copyNode, gradientMode, type Node, topologicalOrder } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { standInFor } from './autograd.ts';
import { withGradientMode, wrapNode } from './core.ts';
import { shareHooks } from './hooks.ts';
import { commonDevice } from './operands.ts';
import { collectTensors, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

/**
 * The arguments of a function that is differentiated: stand-ins for the tensors in them, which gradients stop at, so that
 * the function can be differentiated by tensors that have a past of their own.
 */
export class StandIns {
  readonly #operation: string;
  readonly #originals = new Map<Node, Node>();
  readonly #tensors: Tensor[] = [];
  /** In the order of the tensors in the arguments. */
  readonly nodes: Node[] = [];

  constructor(operation: string) {
    this.#operation = operation;
  }

  readonly has = (node: Node): boolean => this.#originals.has(node);

  get device(): string {
    return commonDevice(this.#operation, this.#tensors);
  }

  /**
   * The argument with stand-ins in place of its tensors.
   * @throws TypeError when there is none, or one that is no float.
   */
  replace(argument: unknown, position: number): unknown {
    const before = this.nodes.length;
    const replaced = mapTensors(argument, (t) => {
      if (!isFloat(t.dtype)) {
        throw new TypeError(
          `${this.#operation}: argument ${position} has a tensor of ${t.dtype}; only floats have gradients.`,
        );
      }
      const node = standInFor(t.node);
      this.#originals.set(node, t.node);
      const tensor = wrapNode(node, t.device);
      this.nodes.push(node);
      this.#tensors.push(tensor);
      return tensor;
    });
    if (this.nodes.length === before) {
      throw new TypeError(
        `${this.#operation}: argument ${position} has no tensor to differentiate by; choose others with argnums, or ` +
          'close over what is constant.',
      );
    }
    return replaced;
  }

  /**
   * What nodes mean outside the differentiation: stand-ins replaced by the arguments that they stood for. Otherwise
   * results would go on recording gradients towards arguments that nobody asks about any more.
   *
   * @param more further stand-ins and what they stand for
   */
  without(roots: readonly Node[], more?: ReadonlyMap<Node, Node>): Node[] {
    const replaced = new Map<Node, Node>([...this.#originals, ...(more ?? [])]);
    const ends = new Set(replaced.keys());
    for (const node of topologicalOrder(roots, (n) => ends.has(n) || !n.tracksGradient)) {
      if (replaced.has(node) || !node.tracksGradient) continue;
      const sources = node.sources.map((source) => replaced.get(source) ?? source);
      if (sources.every((source, i) => source === node.sources[i])) continue;
      const copy = copyNode(node, sources);
      shareHooks(node, copy);
      replaced.set(node, copy);
    }
    return roots.map((root) => replaced.get(root) ?? root);
  }

  /** The arguments are the function's own: they are gone when it has returned. */
  dispose(): void {
    for (const tensor of this.#tensors) tensor.dispose();
  }
}

/** Runs a differentiation, which must record gradients to work; its results record them only where they do outside. */
export function differentiating(compute: () => Node[]): Node[] {
  const records = gradientMode.enabled;
  const nodes = withGradientMode(true, compute);
  return records ? nodes : nodes.map((node) => (node.tracksGradient ? build.detach(node) : node));
}

/**
 * The nodes of vectors that go into a differentiation: of the structure, shapes and dtypes of what they belong to.
 * @throws RangeError saying what differs
 */
export function matchingNodes(
  operation: string,
  what: string,
  vectors: unknown,
  like: readonly Node[],
): Node[] {
  const tensors = collectTensors(vectors);
  if (tensors.length !== like.length) {
    throw new RangeError(
      `${operation}: got ${tensors.length} tensors as the ${what}, expected ${like.length}, one for each tensor.`,
    );
  }
  return tensors.map(({ node }, i) => {
    const { shape, dtype } = like[i] as Node;
    if (node.dtype === dtype && node.shape.join() === shape.join()) return node;
    throw new RangeError(
      `${operation}: number ${i} of the ${what} is ${node.dtype}${formatShape(node.shape)}, expected ` +
        `${dtype}${formatShape(shape)}.`,
    );
  });
}
