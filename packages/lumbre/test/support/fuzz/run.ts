import { type DType, isFloat, type NumericArray } from '../../../src/graph/dtype.ts';
import type { Node } from '../../../src/graph/node.ts';
import { storedNode, topologicalOrder } from '../../../src/graph/node.ts';
import { sizeOf } from '../../../src/graph/shape.ts';
import {
  compile,
  defaultDevice,
  defaultDtype,
  setDefaultDevice,
  setDefaultDtype,
  Tensor,
} from '../../../src/index.ts';
import type { KernelReport } from '../../../src/runtime/device.ts';
import { getDevice } from '../../../src/runtime/devices.ts';
import { normalize } from '../../../src/schedule/normalize.ts';
import { closeScope, openScope } from '../../../src/tensor/lifetime.ts';
import { realizeNodes, uploadNode } from '../../../src/tensor/realize.ts';
import { type Argument, callFunction, callMethod, resolve } from '../call.ts';
import { type Definition, type FuzzProgram, type Step, weightOf } from './program.ts';

/**
 * How a program is run: everything in one go, each definition (and each node of the gradients) on its own, or as a
 * compiled function that is called twice.
 */
export type Mode = 'fused' | 'stepwise' | 'compiled';

export interface Where {
  readonly device: string;
  readonly float: 'float32' | 'float64';
  readonly mode: Mode;
}

/** What a program computes: its outputs, then the gradients of its leaves (`null` where none flows). */
export interface Results {
  readonly outputs: readonly NumericArray[];
  readonly gradients: readonly (NumericArray | null)[];
}

/** `float` in arguments becomes the dtype that this run has for it. */
function withFloat(argument: Argument, float: string): Argument {
  if (argument === 'float') return float;
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((item) => withFloat(item, float));
  return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, withFloat(value, float)]));
}

export function makeLeaf(
  definition: Definition,
  { device, float }: Where,
  requiresGrad: boolean,
): Tensor | null {
  if (definition.kind !== 'leaf') return null;
  const dtype = definition.dtype === 'float' ? float : definition.dtype;
  const leaf = new Tensor(uploadNode(device, dtype, definition.shape, definition.data), device);
  if (requiresGrad && isFloat(dtype)) leaf.requiresGrad = true;
  return leaf;
}

/** The tensor of one step, given those of all definitions before it. */
export function callStep(
  { method, self, function: name, args }: Step,
  values: readonly Tensor[],
  float: DType,
): Tensor {
  const resolved = args.map((argument) => resolve(withFloat(argument, float), values));
  const results = method
    ? callMethod(values[self as number] as Tensor, method, resolved)
    : callFunction(name as string, resolved);
  return results[0] as Tensor;
}

/** Runs a function in a scope of its own, with a default device and dtype of its own. */
export function isolated<T>(device: string, float: DType, body: () => T): T {
  const before = { device: defaultDevice(), dtype: defaultDtype() };
  setDefaultDevice(device);
  setDefaultDtype(float);
  openScope();
  try {
    return body();
  } finally {
    closeScope(new Set());
    setDefaultDevice(before.device);
    setDefaultDtype(before.dtype);
  }
}

function backward(program: FuzzProgram, values: readonly Tensor[], { device }: Where): void {
  for (const output of program.backward) {
    const tensor = values[output] as Tensor;
    if (!tensor.requiresGrad) continue;
    const seed = Array.from({ length: sizeOf(tensor.shape) }, (_, i) => weightOf(i));
    tensor.backward(new Tensor(uploadNode(device, tensor.dtype, tensor.shape, seed), device));
  }
}

/** Gives every node of the gradients its value by a program of its own. */
function realizeEach(nodes: readonly Node[], device: string): void {
  for (const node of topologicalOrder(nodes, (n) => n.storage !== null)) realizeNodes([node], device);
}

/** A program's tensors: its outputs, and for each definition the gradient that it got. */
interface Computed {
  readonly outputs: readonly Tensor[];
  readonly gradients: readonly (Tensor | null)[];
}

const nodesOf = ({ outputs, gradients }: Computed): Node[] =>
  [...outputs, ...gradients].flatMap((tensor) => (tensor ? [tensor.node] : []));

/** Builds the tensors of a program; in some modes their values are there already. */
function compute(program: FuzzProgram, where: Where): Computed {
  const { definitions, outputs } = program;
  const { float, mode } = where;
  const leaves = definitions.map((definition) => makeLeaf(definition, where, program.backward.length > 0));
  const build = (): Tensor[] => {
    const values: Tensor[] = [];
    definitions.forEach((definition, i) => {
      const value = leaves[i] ?? callStep(definition as Step, values, float);
      if (mode === 'stepwise') value.realize();
      values.push(value);
    });
    backward(program, values, where);
    return outputs.map((output) => values[output] as Tensor);
  };
  let results: readonly Tensor[];
  if (mode === 'compiled') {
    const compiled = compile(() => {
      for (const leaf of leaves) if (leaf) leaf.grad = null;
      return build();
    });
    compiled();
    results = compiled();
    compiled.dispose();
  } else {
    results = build();
  }
  return { outputs: results, gradients: leaves.map((leaf) => leaf?.grad ?? null) };
}

/** @throws whatever the computation throws */
export const runProgram = (program: FuzzProgram, where: Where): Results =>
  isolated(where.device, where.float, () => {
    const computed = compute(program, where);
    if (where.mode === 'stepwise') realizeEach(nodesOf(computed), where.device);
    else realizeNodes(nodesOf(computed), where.device);
    return {
      outputs: computed.outputs.map((output) => output.dataSync()),
      gradients: computed.gradients.map((gradient) => gradient?.dataSync() ?? null),
    };
  });

/** The kernels that a device makes of a program when it computes all of it in one go. */
export const kernelsOf = (program: FuzzProgram, device: string): readonly KernelReport[] =>
  isolated(device, 'float32', () => {
    const computed = compute(program, { device, float: 'float32', mode: 'fused' });
    const missing = nodesOf(computed).filter((node) => !storedNode(node));
    return getDevice(device).prepare(normalize(missing)).report().kernels;
  });
