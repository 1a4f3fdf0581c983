import { isFloat } from '../graph/dtype.ts';
import { gradientMode, type Node, release, retain } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { closeScope, openScope } from './lifetime.ts';
import { buildLoop, placeholder } from './loop/builder.ts';
import { loopGradient } from './loop/gradient.ts';
import { observed } from './observer.ts';
import { commonDevice } from './operands.ts';
import { collectTensors, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

export interface ScanOptions {
  /** Whether to go from the last slice to the first; `ys` are in the order of `xs` all the same. Default false. */
  readonly reverse?: boolean;
  /** How many steps. May be left out where `xs` has tensors, which say so themselves. */
  readonly length?: number;
}

/** Tensors, and other values where they are, as text: what must not change from step to step. */
const describe = (structure: unknown): string =>
  JSON.stringify(mapTensors(structure, ({ dtype, shape }) => `${dtype}${formatShape(shape)}`)) ?? 'undefined';

function lengthOf(xs: readonly Tensor[], length: number | undefined): number {
  if (length !== undefined && (!Number.isInteger(length) || length < 0)) {
    throw new RangeError(`scan: length must be a whole number from 0, got ${length}.`);
  }
  const lengths = xs.map(({ shape }, i) => {
    if (shape.length > 0) return shape[0] as number;
    throw new RangeError(`scan: tensor ${i} of xs is a scalar; expected a first dimension to go along.`);
  });
  const wanted = length ?? lengths[0];
  if (wanted === undefined) {
    throw new RangeError('scan: xs has no tensor to go along; say with `length` how many steps there are.');
  }
  lengths.forEach((size, i) => {
    if (size === wanted) return;
    const shape = formatShape((xs[i] as Tensor).shape);
    throw new RangeError(
      `scan: tensor ${i} of xs is ${shape}, with ${size} slices along dimension 0; expected ${wanted}, ` +
        `${length === undefined ? 'as the first tensor has' : 'the length'}.`,
    );
  });
  return wanted;
}

function splitResult(returned: unknown): readonly [carry: unknown, y: unknown] {
  if (Array.isArray(returned) && returned.length === 2) return returned as [unknown, unknown];
  throw new TypeError(
    'scan: the function must return [carry, y], the next carry and what is kept of the step.',
  );
}

function scanOver<Carry, Slices, Value>(
  fn: (carry: Carry, x: Slices) => readonly [carry: Carry, y: Value],
  init: Carry,
  xs: Slices,
  { reverse = false, length }: ScanOptions = {},
): [carry: Carry, ys: Value] {
  const inits = collectTensors(init);
  const stacks = collectTensors(xs);
  const steps = lengthOf(stacks, length);
  const all = [...inits, ...stacks];
  if (all.length === 0) throw new TypeError('scan: there is no tensor in init and xs to compute with.');
  const device = commonDevice('scan', all);

  const carries = inits.map(({ node }) =>
    placeholder(node.shape, node.dtype, gradientMode.enabled && isFloat(node.dtype)),
  );
  const slices = stacks.map(({ node }) => placeholder(node.shape.slice(1), node.dtype, node.tracksGradient));
  const filled = (structure: unknown, nodes: readonly Node[]): unknown => {
    let next = 0;
    return mapTensors(structure, () => wrapNode(nodes[next++] as Node, device));
  };

  openScope();
  let held: readonly Node[] = [];
  let carry: unknown;
  let y: unknown;
  let outputs: readonly Node[];
  try {
    [carry, y] = splitResult(fn(filled(init, carries) as Carry, filled(xs, slices) as Slices));
    if (describe(carry) !== describe(init)) {
      throw new TypeError(
        `scan: the carry is ${describe(init)} at first and ${describe(carry)} after a step; it must keep its structure, ` +
          'shapes and dtypes.',
      );
    }
    const made = [...collectTensors(carry), ...collectTensors(y)];
    commonDevice('scan', [...all, ...made]);
    const nodes = made.map(({ node }) => node);
    const results = buildLoop({
      carries: inits.map(({ node }, i) => ({
        placeholder: carries[i] as Node,
        init: node,
        next: nodes[i] as Node,
      })),
      slices: stacks.map(({ node }, i) => ({ placeholder: slices[i] as Node, source: node })),
      stacked: nodes.slice(inits.length),
      length: steps,
      reverse,
      gradient: loopGradient,
    });
    outputs = [...results.finals, ...results.stacked];
    // What the function computed outside of the loop must outlive the tensors that it has been in.
    for (const node of outputs) retain(node);
    held = outputs;
  } finally {
    closeScope(new Set());
  }
  const result = [filled(carry, outputs.slice(0, inits.length)), filled(y, outputs.slice(inits.length))] as [
    Carry,
    Value,
  ];
  for (const node of held) release(node);
  return result;
}

/**
 * A loop over slices, as JAX's `lax.scan`: `fn` takes the carry and a slice of `xs` along dimension 0, and returns the next
 * carry and a value `y`. What comes out is the last carry, and the `y` of all steps stacked along a new dimension 0.
 *
 * ```ts
 * const [last, sums] = scan((total, x: Tensor) => [total.add(x), total.add(x)], zeros([3]), xs);
 * ```
 *
 * `init`, `xs` and `y` are tensors, or arrays and plain objects of them (`xs` and `y` may be `null`); the carry has the
 * structure, shapes and dtypes of `init` in each step. `fn` may use any tensor from outside, and gradients flow to `init`,
 * `xs` and all of those. It runs **once**, whatever the number of steps, and what it computes becomes a loop: the graph does
 * not grow with the length, as it does where a recurrence is written as a loop in JavaScript. So it must not read values,
 * and what it draws at random, or takes from `feed`, is the same in each step: draw it before, and pass it in `xs`. What
 * does not depend on the carry or the slice is computed once.
 *
 * @throws RangeError when lengths differ, TypeError when `fn` returns no pair or another kind of carry.
 */
export const scan = /* @__PURE__ */ observed('scan', scanOver);
