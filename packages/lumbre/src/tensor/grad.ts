import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import { type Node, topologicalOrder } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { gradientsOf } from './autograd.ts';
import { withGradientMode, wrapNode } from './core.ts';
import { isTensor } from './operands.ts';
import { mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

/** Which arguments to differentiate by: one position, or a list of them. */
type ArgumentNumbers = number | readonly number[];

/** A gradient has the structure of its argument; for a list of arguments there is a list of them. */
export type GradientOf<
  Args extends unknown[],
  Numbers extends ArgumentNumbers,
> = Numbers extends readonly number[]
  ? { -readonly [Position in keyof Numbers]: Args[Numbers[Position] & number] }
  : Args[Numbers & number];

export interface GradOptions<Numbers extends ArgumentNumbers> {
  /** Default 0: the first argument. */
  readonly argnums?: Numbers;
}

/**
 * What nodes mean outside a differentiation: its stand-ins replaced by the arguments that they stood for. Otherwise
 * results would go on recording gradients towards arguments that nobody asks about any more.
 */
function withoutStandIns(roots: readonly Node[], originals: ReadonlyMap<Node, Node>): Node[] {
  const replaced = new Map<Node, Node>(originals);
  for (const node of topologicalOrder(roots, (n) => originals.has(n) || !n.tracksGradient)) {
    if (replaced.has(node) || !node.tracksGradient) continue;
    const sources = node.sources.map((source) => replaced.get(source) ?? source);
    if (sources.every((source, i) => source === node.sources[i])) continue;
    const tracksGradient = sources.some((source) => source.tracksGradient);
    replaced.set(node, { ...node, sources, tracksGradient, storage: null, references: 0 });
  }
  return roots.map((root) => replaced.get(root) ?? root);
}

function checkValue(value: unknown): asserts value is Tensor {
  if (isTensor(value) && value.size === 1 && isFloat(value.dtype)) return;
  const got = isTensor(value) ? `${value.dtype}${formatShape(value.shape)}` : typeof value;
  throw new TypeError(
    `grad: the function must return one float number as a tensor, got ${got}; reduce it with mean() or sum().`,
  );
}

/** Replaces the tensors in the chosen arguments by stand-ins, which gradients stop at. */
function standIn(
  argument: unknown,
  position: number,
  standIns: Tensor[],
  originals: Map<Node, Node>,
): unknown {
  const before = standIns.length;
  const replaced = mapTensors(argument, (t) => {
    if (!isFloat(t.dtype)) {
      throw new TypeError(
        `grad: argument ${position} has a tensor of ${t.dtype}; only floats have gradients.`,
      );
    }
    const node = build.identity(t.node);
    node.tracksGradient = true;
    originals.set(node, t.node);
    const tensor = wrapNode(node, t.device);
    standIns.push(tensor);
    return tensor;
  });
  if (standIns.length === before) {
    throw new TypeError(
      `grad: argument ${position} has no tensor to differentiate by; choose others with argnums.`,
    );
  }
  return replaced;
}

/**
 * A function that gives the value of `fn` and its gradient by some of the arguments: `[value, gradient]`. Arguments may
 * be tensors, or arrays and plain objects of them, of which the gradient has the structure; a tensor that the value does
 * not depend on has the gradient zero. The result can be differentiated again. The arguments that `fn` gets are its own:
 * they are gone when it returns.
 *
 * @param fn returns one number, as a tensor of one element
 */
export function valueAndGrad<Args extends unknown[], const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => Tensor,
  { argnums }: GradOptions<Numbers> = {},
): (...args: Args) => [value: Tensor, gradient: GradientOf<Args, Numbers>] {
  const wanted: ArgumentNumbers = argnums ?? 0;
  const positions = typeof wanted === 'number' ? [wanted] : wanted;
  return (...args) => {
    for (const position of positions) {
      if (Number.isInteger(position) && position >= 0 && position < args.length) continue;
      throw new RangeError(
        `grad: there is no argument ${position}; the function was called with ${args.length}.`,
      );
    }
    const standIns: Tensor[] = [];
    const originals = new Map<Node, Node>();
    const evaluate = (): Node[] => {
      const inner = args.map((argument, position) =>
        positions.includes(position) ? standIn(argument, position, standIns, originals) : argument,
      ) as Args;
      const value: unknown = fn(...inner);
      checkValue(value);
      const reached = gradientsOf([value.node], [build.full(value.node, 1)], (node) => originals.has(node));
      const nodes = standIns.map(({ node }) => reached.get(node) ?? build.full(node, 0));
      return withoutStandIns([value.node, ...nodes], originals);
    };
    try {
      const [valueNode, ...gradients] = withGradientMode(true, evaluate) as [Node, ...Node[]];
      const { device } = standIns[0] as Tensor;
      let next = 0;
      const perArgument = args.map((argument, position) =>
        positions.includes(position)
          ? mapTensors(argument, () => wrapNode(gradients[next++] as Node, device))
          : null,
      );
      const gradient = typeof wanted === 'number' ? perArgument[wanted] : wanted.map((p) => perArgument[p]);
      return [wrapNode(valueNode, device), gradient as GradientOf<Args, Numbers>];
    } finally {
      for (const tensor of standIns) tensor.dispose();
    }
  };
}

/** A function that gives the gradient of `fn` by some of its arguments; see `valueAndGrad`. */
export function grad<Args extends unknown[], const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => Tensor,
  options: GradOptions<Numbers> = {},
): (...args: Args) => GradientOf<Args, Numbers> {
  const both = valueAndGrad(fn, options);
  return (...args) => both(...args)[1];
}
