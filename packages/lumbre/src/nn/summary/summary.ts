import { bytesPerElement, type DType, isFloat } from '../../graph/dtype.ts';
import { type Shape, sizeOf } from '../../graph/shape.ts';
import { defaultDevice } from '../../runtime/devices.ts';
import { tensor } from '../../tensor/creation.ts';
import { defaultDtype } from '../../tensor/defaults.ts';
import { defaultGenerator } from '../../tensor/generator.ts';
import { isTensor } from '../../tensor/operands.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Module } from '../module.ts';
import { isParameter } from '../parameter.ts';
import { formatSummary } from './format.ts';
import { type Observed, observe } from './observe.ts';

/** An input: a tensor, or the shape (and dtype) of one. */
export type SummaryInput = Tensor | Shape | { readonly shape: Shape; readonly dtype?: DType };

export interface SummaryOptions {
  /** The dtype of inputs that are given as shapes. That of the parameters unless given. */
  readonly dtype?: DType;
  /** How deep the text goes: 1 is the model's own parts. Default: to the end. */
  readonly depth?: number;
  /** How to run the model, if not as `model.forward(...inputs)`. */
  readonly call?: (...inputs: Tensor[]) => unknown;
}

/** One module, with all that is inside it. */
export interface SummaryRow {
  /** As in state dicts; '' for the model. */
  readonly name: string;
  /** The name of the class. */
  readonly type: string;
  /** 0 for the model. */
  readonly depth: number;
  /** Of what came out at the first call, several for a tuple; none if it was not called. */
  readonly outputShapes: readonly Shape[];
  readonly calls: number;
  /** Parameters that are met here first, in elements. */
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Parameters that a row above has already: shared. */
  readonly tiedParameters: number;
  /** Multiplications with an addition, in all calls. See `multiplyAdds`. */
  readonly multiplyAdds: number;
  /** What the modules without modules inside put out, in all calls, in bytes. */
  readonly activationBytes: number;
  /** Whether the whole module stands further up, under another name; then all figures are 0. */
  readonly repeated: boolean;
}

export interface Summary {
  /** The model and the modules inside it, in the order of the tree. */
  readonly rows: readonly SummaryRow[];
  readonly inputShapes: readonly Shape[];
  /** Elements of all parameters, shared ones once. */
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly frozenParameters: number;
  readonly multiplyAdds: number;
  readonly parameterBytes: number;
  readonly bufferBytes: number;
  readonly inputBytes: number;
  readonly activationBytes: number;
  /** All four together: about what a forward pass for a backward pass keeps. */
  readonly totalBytes: number;
  /** The table as text. */
  toString(): string;
}

const bytesOf = ({ size, dtype }: { readonly size: number; readonly dtype: DType }): number =>
  size * bytesPerElement(dtype);

const sum = <T>(items: Iterable<T>, of: (item: T) => number): number =>
  [...items].reduce((total, item) => total + of(item), 0);

/**
 * What a model is made of: for each module its output's shape, parameters, operations and memory, as an object and, by
 * `String(…)`, as a table. Nothing is computed, whatever the size, and the model stays as it is; it runs once in
 * evaluation (`eval()`).
 *
 * ```ts
 * console.log(String(summary(net, [[1, 1, 28, 28]])));
 * console.log(String(summary(gpt, [{ shape: [1, 64], dtype: 'int32' }])));
 * ```
 *
 * @param inputs what `forward` takes: tensors, or their shapes, from which zeros are made; one alone needs no array
 * @throws whatever the model throws for inputs that do not fit it.
 */
export function summary(
  model: Module,
  inputs: SummaryInput | readonly SummaryInput[],
  options: SummaryOptions = {},
): Summary {
  const random = defaultGenerator.state();
  try {
    return scope(() => noGrad(() => summarize(model, inputs, options)));
  } finally {
    defaultGenerator.setState(random);
  }
}

function summarize(
  model: Module,
  given: SummaryInput | readonly SummaryInput[],
  { dtype, depth = Number.POSITIVE_INFINITY, call }: SummaryOptions,
): Summary {
  const parameters = model.parameters();
  const dtypes = parameters.map((parameter) => parameter.dtype);
  const float = dtype ?? dtypes.find(isFloat) ?? defaultDtype();
  const device = parameters[0]?.device ?? defaultDevice();
  const inputs = listOf(given).map((input) => makeInput(input, float, device));
  const seen = observe(model, inputs, () => (call ?? forwardOf(model))(...inputs));
  const rows = new Tree(seen).rows(model);
  const top = rows[0] as SummaryRow;
  const parameterBytes = sum(parameters, bytesOf);
  const bufferBytes = sum(model.namedBuffers().values(), bytesOf);
  const inputBytes = sum(inputs, bytesOf);
  const result = {
    rows,
    inputShapes: inputs.map(({ shape }) => shape),
    parameters: top.parameters,
    trainableParameters: top.trainableParameters,
    frozenParameters: top.parameters - top.trainableParameters,
    multiplyAdds: top.multiplyAdds,
    parameterBytes,
    bufferBytes,
    inputBytes,
    activationBytes: top.activationBytes,
    totalBytes: parameterBytes + bufferBytes + inputBytes + top.activationBytes,
  };
  return { ...result, toString: () => formatSummary(result, depth) };
}

const isShape = (value: unknown): value is Shape =>
  Array.isArray(value) && value.every((size) => typeof size === 'number');

function listOf(given: SummaryInput | readonly SummaryInput[]): readonly SummaryInput[] {
  const isOne = isTensor(given) || !Array.isArray(given) || (isShape(given) && given.length > 0);
  return isOne ? [given as SummaryInput] : (given as readonly SummaryInput[]);
}

/** Zeros that are there, not a constant in the graph, so that nothing is simplified away. */
function makeInput(input: SummaryInput, float: DType, device: string): Tensor {
  if (isTensor(input)) return input;
  const { shape, dtype = float } = 'shape' in input ? input : { shape: input };
  return tensor(new Float32Array(sizeOf(shape)), { shape, dtype, device });
}

function forwardOf(model: Module): (...inputs: Tensor[]) => unknown {
  const { forward } = model as unknown as { forward?: (...inputs: Tensor[]) => unknown };
  if (forward) return (...inputs) => (model as unknown as { forward: typeof forward }).forward(...inputs);
  throw new TypeError(
    `summary: ${model.constructor.name} has no forward(); say how to run it: { call: (x) => … }.`,
  );
}

type Totals = Pick<
  SummaryRow,
  'parameters' | 'trainableParameters' | 'tiedParameters' | 'multiplyAdds' | 'activationBytes'
>;

/** Goes through the modules once, parents before what is inside them, and adds up on the way back. */
class Tree {
  readonly #seen: ReadonlyMap<Module, Observed>;
  readonly #modules = new Set<Module>();
  readonly #parameters = new Set<Tensor>();
  /** Outputs that have been counted: some layers pass on what they get. */
  readonly #outputs = new Set<Tensor>();

  constructor(seen: ReadonlyMap<Module, Observed>) {
    this.#seen = seen;
  }

  rows(module: Module, name = '', depth = 0): SummaryRow[] {
    const { calls, outputs } = this.#seen.get(module) as Observed;
    const repeated = this.#modules.has(module);
    this.#modules.add(module);
    const own = repeated ? nothing : this.#own(module);
    const inside: SummaryRow[][] = [];
    if (!repeated) {
      for (const [part, child] of module.namedChildren()) {
        inside.push(this.rows(child, name === '' ? part : `${name}.${part}`, depth + 1));
      }
    }
    const children = inside.map(([child]) => child as SummaryRow);
    const add = (key: keyof Totals): number => own[key] + sum(children, (child) => child[key]);
    const row: SummaryRow = {
      name,
      type: module.constructor.name,
      depth,
      outputShapes: outputs.map(({ shape }) => shape),
      calls,
      parameters: add('parameters'),
      trainableParameters: add('trainableParameters'),
      tiedParameters: add('tiedParameters'),
      multiplyAdds: add('multiplyAdds'),
      activationBytes: add('activationBytes'),
      repeated,
    };
    return [row, ...inside.flat()];
  }

  /** Of the module without those inside. */
  #own(module: Module): Totals {
    const tensors = [...new Set(Object.values(module).filter(isParameter))];
    const tied = tensors.filter((parameter) => this.#parameters.has(parameter));
    const first = tensors.filter((parameter) => !this.#parameters.has(parameter));
    for (const parameter of first) this.#parameters.add(parameter);
    const { multiplyAdds, made } = this.#seen.get(module) as Observed;
    const isLeaf = module.children().length === 0;
    const outputs = isLeaf ? [...made].filter((output) => !this.#outputs.has(output)) : [];
    for (const output of outputs) this.#outputs.add(output);
    return {
      parameters: sum(first, ({ size }) => size),
      trainableParameters: sum(first, ({ size, requiresGrad }) => (requiresGrad ? size : 0)),
      tiedParameters: sum(tied, ({ size }) => size),
      multiplyAdds,
      activationBytes: sum(outputs, bytesOf),
    };
  }
}

const nothing: Totals = {
  parameters: 0,
  trainableParameters: 0,
  tiedParameters: 0,
  multiplyAdds: 0,
  activationBytes: 0,
};
