import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { gradientsOf } from './autograd.ts';
import { guardHooks, wrapNode } from './core.ts';
import { commonDevice, isTensor } from './operands.ts';
import { differentiating, matchingNodes, StandIns } from './standIns.ts';
import { collectTensors, mapTensors } from './structure.ts';
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
  /** Whether the function returns `[value, aux]`: `aux` is passed on and not differentiated. Default false. */
  readonly hasAux?: boolean;
}

/** The options of a function that returns more than its value. */
type WithAux<Numbers extends ArgumentNumbers> = GradOptions<Numbers> & { readonly hasAux: true };

export function checkScalar(operation: string, value: unknown): asserts value is Tensor {
  if (isTensor(value) && value.size === 1 && isFloat(value.dtype)) return;
  const got = isTensor(value) ? `${value.dtype}${formatShape(value.shape)}` : typeof value;
  throw new TypeError(
    `${operation}: the function must return one float number as a tensor, got ${got}; reduce it with mean() or sum().`,
  );
}

/**
 * A function that gives the value of `fn` and its gradient by some of the arguments: `[value, gradient]`. Arguments may
 * be tensors, or arrays and plain objects of them, of which the gradient has the structure; a tensor that the value does
 * not depend on has the gradient zero. The result can be differentiated again. The arguments that `fn` gets are its own:
 * they are gone when it returns.
 *
 * @param fn returns one number, as a tensor of one element; with `hasAux`, `[value, aux]`, and what comes out is
 *   `[[value, aux], gradient]`, as of JAX's `value_and_grad`
 */
export function valueAndGrad<Args extends unknown[], Aux, const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => readonly [value: Tensor, aux: Aux],
  options: WithAux<Numbers>,
): (...args: Args) => [valueAndAux: [value: Tensor, aux: Aux], gradient: GradientOf<Args, Numbers>];
export function valueAndGrad<Args extends unknown[], const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => Tensor,
  options?: GradOptions<Numbers>,
): (...args: Args) => [value: Tensor, gradient: GradientOf<Args, Numbers>];
export function valueAndGrad(
  fn: (...args: unknown[]) => unknown,
  { argnums = 0, hasAux = false }: GradOptions<ArgumentNumbers> = {},
): (...args: unknown[]) => [value: unknown, gradient: unknown] {
  const positions = typeof argnums === 'number' ? [argnums] : argnums;
  return (...args) => {
    checkPositions(positions, args);
    const standIns = new StandIns('grad');
    try {
      let aux: unknown;
      const [valueNode, ...nodes] = differentiating(() => {
        const inner = args.map((argument, position) =>
          positions.includes(position) ? standIns.replace(argument, position) : argument,
        );
        const returned = fn(...inner);
        const [value, beside] = hasAux ? pairOf(returned) : [returned, undefined];
        aux = beside;
        checkScalar('grad', value);
        const reached = gradientsOf([value.node], [build.full(value.node, 1)], standIns.has);
        const gradients = standIns.nodes.map((node) => reached.get(node) ?? build.full(node, 0));
        const others = collectTensors(aux).map(({ node }) => node);
        return standIns.without([value.node, ...gradients, ...others]);
      }) as [Node, ...Node[]];
      const { device } = standIns;
      const next = () => wrapNode(nodes.shift() as Node, device);
      const byArgument = args.map((argument, position) =>
        positions.includes(position) ? mapTensors(argument, next) : null,
      );
      const gradient =
        typeof argnums === 'number' ? byArgument[argnums] : argnums.map((position) => byArgument[position]);
      const value = wrapNode(valueNode, device);
      return [
        hasAux ? [value, mapTensors(aux, (t) => wrapNode(nodes.shift() as Node, t.device))] : value,
        gradient,
      ];
    } finally {
      standIns.dispose();
    }
  };
}

function checkPositions(positions: readonly number[], args: readonly unknown[]): void {
  if (positions.length === 0) throw new RangeError('grad: argnums is empty; name at least one argument.');
  for (const position of positions) {
    if (Number.isInteger(position) && position >= 0 && position < args.length) continue;
    throw new RangeError(
      `grad: there is no argument ${position}; the function was called with ${args.length}.`,
    );
  }
}

function pairOf(returned: unknown): readonly unknown[] {
  if (Array.isArray(returned) && returned.length === 2) return returned;
  throw new TypeError(`grad: with hasAux the function must return [value, aux], got ${typeof returned}.`);
}

/**
 * A function that gives the gradient of `fn` by some of its arguments; see `valueAndGrad`. With `hasAux` it gives
 * `[gradient, aux]`.
 */
export function grad<Args extends unknown[], Aux, const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => readonly [value: Tensor, aux: Aux],
  options: WithAux<Numbers>,
): (...args: Args) => [gradient: GradientOf<Args, Numbers>, aux: Aux];
export function grad<Args extends unknown[], const Numbers extends ArgumentNumbers = 0>(
  fn: (...args: Args) => Tensor,
  options?: GradOptions<Numbers>,
): (...args: Args) => GradientOf<Args, Numbers>;
export function grad(
  fn: (...args: unknown[]) => unknown,
  options: GradOptions<ArgumentNumbers> = {},
): (...args: unknown[]) => unknown {
  const both = valueAndGrad(fn as (...args: unknown[]) => Tensor, options);
  return (...args) => {
    const [value, gradient] = both(...args);
    // With `hasAux` the value is a pair.
    return options.hasAux ? [gradient, (value as unknown as [Tensor, unknown])[1]] : gradient;
  };
}

/**
 * The gradients of what has been computed by tensors that it was computed from, leaves or not, as PyTorch's
 * `autograd.grad` with `create_graph`: nothing is accumulated anywhere, and the result can be differentiated again, but
 * in `noGrad`. A tensor that the output does not depend on has the gradient zero.
 *
 * @param output one tensor or several, of which gradients add up
 * @param inputs tensors that require gradients
 * @param seed the gradient of each output, of its shape and dtype; may be left out for one tensor of one element
 * @returns one gradient an input
 * @throws Error when an input records no gradients, RangeError when seeds do not fit.
 */
export function gradients(
  output: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  seed?: Tensor | readonly Tensor[],
): Tensor[] {
  const outputs = collectTensors(isTensor(output) ? [output] : output);
  const nodes = outputs.map(({ node }) => node);
  const [first] = nodes;
  if (!first) throw new TypeError('gradients: there is no output to differentiate.');
  if (!seed && (nodes.length > 1 || outputs[0]?.size !== 1)) {
    const shapes = nodes.map(({ shape }) => formatShape(shape)).join(', ');
    throw new RangeError(
      `gradients: outputs of shape ${shapes} need the gradients to start from; give a seed of the same shapes, or ` +
        'reduce to one number first (mean() or sum()).',
    );
  }
  inputs.forEach((input, i) => {
    guardHooks(input);
    if (input.requiresGrad) return;
    throw new Error(
      `gradients: input ${i}, ${input.dtype}${formatShape(input.shape)}, records no gradients; set requiresGrad on it ` +
        'before computing with it.',
    );
  });
  const device = commonDevice('gradients', [...outputs, ...inputs]);
  const seeds = seed ? matchingNodes('gradients', 'seed', seed, nodes) : [build.full(first, 1)];
  const targets = new Set(inputs.map(({ node }) => node));
  const reached = gradientsOf(nodes, seeds, (node) => targets.has(node));
  return inputs.map(({ node }) => wrapNode(reached.get(node) ?? build.full(node, 0), device));
}
