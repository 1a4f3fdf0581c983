import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { withGradientMode, wrapNode } from './core.ts';
import { closeScope, openScope } from './lifetime.ts';
import { commonDevice, isTensor } from './operands.ts';
import { collectTensors, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

/** What `backward` of a custom function computes with, beside the gradient that comes in. */
export interface BackwardContext<Inputs extends readonly Tensor[], Saved> {
  /** The arguments of the call. */
  readonly inputs: Inputs;
  /** Its result. What is computed from it is differentiated by this function again. */
  readonly output: Tensor;
  /** What `forward` returned beside the result. */
  readonly saved: Saved;
}

export interface CustomFunctionOptions<Inputs extends readonly Tensor[], Saved> {
  /** How messages call the function. */
  readonly name?: string;
  /**
   * Computes the result, alone or with what `backward` needs again: `[result, saved]`, where `saved` is a tensor, or
   * arrays and plain objects of them and of other values. Gradients are not recorded in it: for `backward`, what was saved
   * is constant, and what shall be differentiated again is computed from `inputs` and `output`.
   */
  readonly forward: (...inputs: Inputs) => Tensor | readonly [result: Tensor, saved: Saved];
  /**
   * The gradient of each input, given `dy`, that of the result: of the input's shape and dtype, or `null` where there is
   * none, as for integers. Written in tensor operations, it can be differentiated again.
   */
  readonly backward: (
    dy: Tensor,
    context: BackwardContext<Inputs, Saved>,
  ) => { readonly [Position in keyof Inputs]: Tensor | null };
}

/**
 * A function with a gradient of its own, as PyTorch's `autograd.Function` and JAX's `custom_vjp`: for what is
 * differentiated better by hand, or shall have another gradient than its own.
 *
 * ```ts
 * const roundStraight = customFunction({
 *   forward: (x: Tensor) => x.round(),
 *   backward: (dy) => [dy],
 * });
 * ```
 *
 * Every tensor that a gradient shall flow to must be an argument: what `forward` takes from outside counts as constant.
 * It works wherever gradients do: `backward()`, `grad`, `compile` (where both functions run while it traces). Tensors
 * that `forward` makes are given back when it returns, but for those it saves; those that `backward` makes belong to the
 * scope around the differentiation.
 *
 * @throws TypeError or RangeError when `forward` does not return a tensor, or `backward` not one gradient an input, of its
 *   shape and dtype; the latter when the gradient is taken.
 */
export function customFunction<Inputs extends readonly Tensor[], Saved = undefined>({
  name = 'customFunction',
  forward,
  backward,
}: CustomFunctionOptions<Inputs, Saved>): (...inputs: Inputs) => Tensor {
  return (...inputs) => {
    checkInputs(name, inputs);
    const device = commonDevice(name, inputs);
    openScope();
    let output: Tensor | null = null;
    try {
      const returned = withGradientMode(false, () => forward(...inputs));
      const [value, saved] = Array.isArray(returned) ? returned : [returned, undefined];
      checkValue(name, value, device);
      const others = [...inputs, ...collectTensors(saved)].map(({ node }) => node);
      const gradient = (node: Node<'custom'>, dy: Node): (Node | null)[] => {
        const tensors = node.sources.slice(1).map((source) => wrapNode(source, device));
        const own = tensors.slice(0, inputs.length);
        let next = inputs.length;
        const context = {
          inputs: own as readonly Tensor[] as Inputs,
          output: wrapNode(node, device),
          saved: mapTensors(saved, () => tensors[next++]) as Saved,
        };
        const gradients: unknown = backward(wrapNode(dy, device), context);
        checkGradients(name, gradients, own);
        return [null, ...gradients.map((tensor) => tensor?.node ?? null)];
      };
      // A result that is one of the arguments does not pass gradients on by itself.
      const result = value.node.tracksGradient ? build.detach(value.node) : value.node;
      const node = build.custom(result, others, { name, gradient });
      output = wrapNode(node.tracksGradient ? node : result, device);
      return output;
    } finally {
      closeScope(new Set(output ? [output] : []));
    }
  };
}

/** The same value, through which no gradient flows: `detach` as a function. */
export const stopGradient = (x: Tensor): Tensor => x.detach();

function checkInputs(name: string, inputs: readonly unknown[]): void {
  if (inputs.length === 0) {
    throw new TypeError(
      `${name}: expected at least one tensor; without one there is no gradient to speak of.`,
    );
  }
  inputs.forEach((input, position) => {
    if (isTensor(input)) return;
    throw new TypeError(
      `${name}: argument ${position} is ${describe(input)}, expected a tensor; other values come in as closures.`,
    );
  });
}

function checkValue(name: string, value: unknown, device: string): asserts value is Tensor {
  if (!isTensor(value)) {
    throw new TypeError(
      `${name}: forward returned ${describe(value)}, expected a tensor, or [tensor, saved].`,
    );
  }
  if (value.device !== device) {
    throw new Error(`${name}: forward returned a tensor on '${value.device}' from inputs on '${device}'.`);
  }
}

function checkGradients(
  name: string,
  gradients: unknown,
  inputs: readonly Tensor[],
): asserts gradients is (Tensor | null)[] {
  if (!Array.isArray(gradients) || gradients.length !== inputs.length) {
    const got = Array.isArray(gradients) ? `${gradients.length} gradients` : describe(gradients);
    throw new TypeError(
      `${name}: backward returned ${got}, expected an array of ${inputs.length}, one gradient or null for each input.`,
    );
  }
  inputs.forEach((input, position) => {
    const gradient: unknown = gradients[position];
    if (gradient === null) return;
    const matches =
      isTensor(gradient) &&
      gradient.dtype === input.dtype &&
      gradient.device === input.device &&
      formatShape(gradient.shape) === formatShape(input.shape);
    if (matches) return;
    throw new RangeError(
      `${name}: backward returned ${describe(gradient)} as the gradient of input ${position}, expected ` +
        `${describe(input)} or null.`,
    );
  });
}

const describe = (value: unknown): string => {
  if (isTensor(value)) return `${value.dtype}${formatShape(value.shape)} on '${value.device}'`;
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
};
