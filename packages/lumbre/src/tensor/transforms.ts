import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { gradientsOf, tangentsOf } from './autograd.ts';
import { stack } from './combine.ts';
import { wrapNode } from './core.ts';
import { checkScalar, grad } from './grad.ts';
import { isTensor } from './operands.ts';
import { differentiating, matchingNodes, StandIns } from './standIns.ts';
import { collectTensors, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

/** The nodes of what a differentiated function returned. @throws TypeError unless it is float tensors. */
function outputNodes(operation: string, returned: unknown): Node[] {
  const tensors = collectTensors(returned);
  if (tensors.length === 0) {
    throw new TypeError(`${operation}: the function returned ${typeof returned}, expected float tensors.`);
  }
  for (const { dtype, shape } of tensors) {
    if (isFloat(dtype)) continue;
    throw new TypeError(
      `${operation}: the function returned ${dtype}${formatShape(shape)}; only floats have derivatives.`,
    );
  }
  return tensors.map(({ node }) => node);
}

/**
 * The value of `fn` at `primals` and its pullback, as JAX's and PyTorch's `vjp`: `[value, pullback]`. The pullback takes
 * the gradient of the value, of its structure, and gives those of the primals: the product of a vector with the
 * Jacobian, from the left. It can be called again and again, as long as the scope lasts in which it was made. Primals and
 * value are float tensors, or arrays and plain objects of them; all of it can be differentiated again.
 */
export function vjp<Primals extends unknown[], Value>(
  fn: (...primals: Primals) => Value,
  ...primals: Primals
): [value: Value, pullback: (cotangent: Value) => Primals] {
  const standIns = new StandIns('vjp');
  try {
    let outputs: Node[] = [];
    let returned: unknown;
    const values = differentiating(() => {
      returned = fn(...(primals.map((primal, i) => standIns.replace(primal, i)) as Primals));
      outputs = outputNodes('vjp', returned);
      return standIns.without(outputs);
    });
    const { device } = standIns;
    // They hold the graph of the pullback.
    const held = outputs.map((output) => wrapNode(output, device));
    const pullback = (cotangent: Value): Primals => {
      const nodes = held.map(({ node }) => node);
      const seeds = matchingNodes('vjp', 'cotangent', cotangent, nodes);
      const gradients = differentiating(() => {
        const reached = gradientsOf(nodes, seeds, standIns.has);
        return standIns.without(standIns.nodes.map((node) => reached.get(node) ?? build.full(node, 0)));
      });
      return mapTensors(primals, () => wrapNode(gradients.shift() as Node, device)) as Primals;
    };
    return [mapTensors(returned, () => wrapNode(values.shift() as Node, device)) as Value, pullback];
  } finally {
    standIns.dispose();
  }
}

/**
 * The value of `fn` at `primals`, and its derivative when they move along `tangents`: `[value, tangent]`, as JAX's and
 * PyTorch's `jvp`. The tangent is the product of the Jacobian with a vector, from the right; it comes from transposing
 * the pullback, so that every op that has a gradient has it. Primals and value are float tensors, or arrays and plain
 * objects of them; tangents have the primals' structure, shapes and dtypes. All of it can be differentiated again.
 */
export function jvp<Primals extends unknown[], Value>(
  fn: (...primals: Primals) => Value,
  primals: readonly [...Primals],
  tangents: readonly [...Primals],
): [value: Value, tangent: Value] {
  const standIns = new StandIns('jvp');
  try {
    let returned: unknown;
    const nodes = differentiating(() => {
      returned = fn(...(primals.map((primal, i) => standIns.replace(primal, i)) as Primals));
      const outputs = outputNodes('jvp', returned);
      const along = matchingNodes('jvp', 'tangents', tangents, standIns.nodes);
      const moved = tangentsOf(outputs, standIns.nodes, along);
      return standIns.without([...outputs, ...moved.tangents], moved.standIns);
    });
    const { device } = standIns;
    const next = () => wrapNode(nodes.shift() as Node, device);
    return [mapTensors(returned, next) as Value, mapTensors(returned, next) as Value];
  } finally {
    standIns.dispose();
  }
}

/**
 * The value of a function of one number's worth, and the product of its Hessian with a vector: `[value, product]`, as
 * `hvp` of PyTorch's `autograd.functional`. The Hessian itself is never made. `vectors` and the product have the
 * structure of the primals.
 *
 * @param fn returns one number, as a tensor of one element
 */
export function hvp<Primals extends unknown[]>(
  fn: (...primals: Primals) => Tensor,
  primals: readonly [...Primals],
  vectors: readonly [...Primals],
): [value: Tensor, product: Primals] {
  const standIns = new StandIns('hvp');
  try {
    const nodes = differentiating(() => {
      const value: unknown = fn(...(primals.map((primal, i) => standIns.replace(primal, i)) as Primals));
      checkScalar('hvp', value);
      const along = matchingNodes('hvp', 'vectors', vectors, standIns.nodes);
      const first = gradientsOf([value.node], [build.full(value.node, 1)], standIns.has);
      const zeros = (node: Node) => build.full(node, 0);
      const second = gradientsOf(
        standIns.nodes.map((node) => first.get(node) ?? zeros(node)),
        along,
        standIns.has,
      );
      return standIns.without([value.node, ...standIns.nodes.map((node) => second.get(node) ?? zeros(node))]);
    });
    const { device } = standIns;
    const next = () => wrapNode(nodes.shift() as Node, device);
    return [next(), mapTensors(primals, next) as Primals];
  } finally {
    standIns.dispose();
  }
}

export interface JacobianOptions {
  /** The argument to differentiate by, which is a tensor. Default 0. */
  readonly argnums?: number;
}

/** One at position `i` of the row-major elements, zero elsewhere. */
function unitVector(like: Node, i: number): Node {
  const size = like.shape.reduce((a, b) => a * b, 1);
  const position = build.iota([size], 0);
  const hit = build.eq(position, build.full(position, i));
  return build.reshape(build.cast(hit, like.dtype), like.shape);
}

/**
 * A function that gives the Jacobian of `fn` by one of its arguments, of shape [...shape of the result, ...shape of the
 * argument], as `torch.func.jacrev`. Each element of the result costs a backward pass of its own: for small results.
 */
export function jacobian<Args extends unknown[]>(
  fn: (...args: Args) => Tensor,
  { argnums = 0 }: JacobianOptions = {},
): (...args: Args) => Tensor {
  return (...args) => {
    const argument = args[argnums];
    if (!isTensor(argument)) {
      throw new TypeError(
        `jacobian: argument ${argnums} must be a tensor, got ${argument === null ? 'null' : typeof argument}.`,
      );
    }
    const [value, pullback] = vjp((x: Tensor) => fn(...(args.with(argnums, x) as Args)), argument);
    if (!isTensor(value)) throw new TypeError('jacobian: the function must return a tensor.');
    const shape = [...value.shape, ...argument.shape];
    if (value.size === 0) return wrapNode(build.constant(shape, argument.dtype, 0), argument.device);
    const rows = Array.from({ length: value.size }, (_, i) => {
      const [row] = pullback(wrapNode(unitVector(value.node, i), value.device));
      return row;
    });
    return stack(rows).reshape(shape);
  };
}

/**
 * A function that gives the Hessian of `fn` by one of its arguments, of shape [...shape, ...shape] for an argument of
 * `shape`, as `torch.func.hessian`. Each element of the argument costs a backward pass: `hvp` does without the matrix.
 *
 * @param fn returns one number, as a tensor of one element
 */
export function hessian<Args extends unknown[]>(
  fn: (...args: Args) => Tensor,
  { argnums = 0 }: JacobianOptions = {},
): (...args: Args) => Tensor {
  const slope = grad(fn, { argnums }) as (...args: Args) => Tensor;
  return jacobian(slope, { argnums });
}
