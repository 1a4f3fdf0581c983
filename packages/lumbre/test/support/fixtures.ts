import * as build from '../../src/graph/builder.ts';
import { type DType, isFloat, isHalf, makeArray, type NumericArray } from '../../src/graph/dtype.ts';
import { makeNode, type OpArgs, type OpName } from '../../src/graph/node.ts';
import { formatShape, sizeOf } from '../../src/graph/shape.ts';
import { Tensor } from '../../src/index.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import { uploadNode } from '../../src/tensor/realize.ts';
import { type Argument, invokeFunction, invokeMethod, listOf, resolve, toNumber } from './call.ts';
import { difference, scaleOf, tolerances } from './compare.ts';

/** `float` stands for the dtype that a case is run with. */
export type FixtureDType = DType | 'float';

export interface FixtureArray {
  readonly dtype: FixtureDType;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
  /** The input is this permuted view of the data. */
  readonly permute?: readonly number[];
}

/** One of PyTorch's answers; `fixtures/ops/common.py` says how it is written. */
export interface Fixture {
  readonly op?: OpName;
  readonly arg?: OpArgs[OpName];
  readonly hint?: { readonly shape?: readonly number[]; readonly dtype?: DType };
  readonly method?: string;
  readonly function?: string;
  readonly args?: readonly Argument[];
  readonly inputs: readonly FixtureArray[];
  readonly outputs: readonly FixtureArray[];
  readonly gradients?: readonly (readonly (number | string)[] | null)[];
  readonly precise?: boolean;
}

export function describeFixture({ op, arg, hint, method, function: fn, args, inputs }: Fixture): string {
  const typed = inputs.map(
    ({ dtype, shape, permute }) => `${dtype}${formatShape(shape)}${permute ? `.permute(${permute})` : ''}`,
  );
  const what = op
    ? `${op} ${JSON.stringify(arg)} ${JSON.stringify(hint ?? {})}`
    : `${method ? `.${method}` : fn}(${JSON.stringify(args).slice(1, -1)})`;
  return `${what} of ${typed.join(', ') || 'nothing'}`;
}

/** Whether a device has the dtypes that a case needs when `float` means `float`. */
export const canRun = ({ inputs, outputs }: Fixture, device: string, float: DType): boolean =>
  [...inputs, ...outputs].every(({ dtype }) => getDevice(device).supports(dtype === 'float' ? float : dtype));

/** The weights that gradients in the fixtures start from, as in `fixtures/ops/common.py`. */
const weights = (count: number, start: number): number[] =>
  Array.from({ length: count }, (_, i) => ((((i + start) * 7 + 3) % 11) - 5) / 4);

/** Which inputs PyTorch was asked a gradient for. */
const isDifferentiable = (dtype: FixtureDType): boolean => dtype === 'float' || isHalf(dtype);

interface Leaf {
  readonly leaf: Tensor;
  readonly view: Tensor;
}

function makeLeaf(input: FixtureArray, device: string, float: DType, wantsGradient: boolean): Leaf {
  const dtype = input.dtype === 'float' ? float : input.dtype;
  const leaf = new Tensor(uploadNode(device, dtype, input.shape, input.data.map(toNumber)), device);
  if (wantsGradient) leaf.requiresGrad = true;
  const view = input.permute ? new Tensor(build.permute(leaf.node, input.permute), device) : leaf;
  return { leaf, view };
}

async function apply(
  fixture: Fixture,
  inputs: readonly Tensor[],
  device: string,
  functions?: object,
): Promise<Tensor[]> {
  if (fixture.op) {
    const sources = inputs.map((tensor) => tensor.node);
    return [new Tensor(makeNode(fixture.op, sources, fixture.arg as never, fixture.hint), device)];
  }
  const args = (fixture.args ?? []).map((argument) => resolve(argument, inputs));
  const result = fixture.method
    ? invokeMethod(inputs[0] as Tensor, fixture.method, args)
    : invokeFunction(fixture.function as string, args, functions);
  // What must read values to know the shape of its result returns a promise.
  return listOf(await result);
}

const expectedIn = (dtype: DType, data: FixtureArray['data']): NumericArray =>
  makeArray(dtype, data.map(toNumber));

/**
 * Runs a case on a device with `float` as its floats.
 * @param functions where its function is, unless that is in the tensor room
 * @returns what differs from PyTorch, one line each
 */
export async function runFixture(
  fixture: Fixture,
  device: string,
  float: DType,
  functions?: object,
): Promise<string[]> {
  const { inputs, outputs, gradients, precise } = fixture;
  const leaves = inputs.map((input) =>
    makeLeaf(input, device, float, isDifferentiable(input.dtype) && gradients !== undefined),
  );
  const results = await apply(
    fixture,
    leaves.map(({ view }) => view),
    device,
    functions,
  );
  if (results.length !== outputs.length) return [`${results.length} outputs, expected ${outputs.length}`];
  const problems: string[] = [];
  const scale = scaleOf(
    ...inputs.map(({ data }) => data.map(toNumber)),
    ...outputs.map(({ data }) => data.map(toNumber)),
  );
  const compare = (what: string, actual: NumericArray, data: FixtureArray['data'], dtype: DType) => {
    const { relative, scaled } = tolerances[dtype];
    const tolerance = { relative, scaled: precise ? 0 : scaled };
    const problem = difference(actual, expectedIn(dtype, data), tolerance, scale);
    if (problem) problems.push(`${what}: ${problem}`);
  };

  outputs.forEach((output, i) => {
    const result = results[i] as Tensor;
    const dtype = output.dtype === 'float' ? float : output.dtype;
    const [got, expected] = [
      `${result.dtype}${formatShape(result.shape)}`,
      `${dtype}${formatShape(output.shape)}`,
    ];
    if (got === expected) compare(`output ${i}`, result.dataSync(), output.data, dtype);
    else problems.push(`output ${i} is ${got}, expected ${expected}`);
  });
  if (!gradients || problems.length > 0) return problems;

  let start = 0;
  for (const result of results) {
    const size = sizeOf(result.shape);
    if (isFloat(result.dtype) && result.requiresGrad) {
      const seed = weights(size, start);
      result.backward(new Tensor(uploadNode(device, result.dtype, result.shape, seed), device));
    }
    start += size;
  }
  gradients.forEach((expected, i) => {
    const { grad, shape, dtype } = (leaves[i] as Leaf).leaf;
    // No gradient and a gradient of zeros are the same.
    const zeros = new Array<number>(sizeOf(shape)).fill(0);
    if (grad || expected) {
      compare(
        `gradient of input ${i}`,
        grad?.dataSync() ?? makeArray(dtype, zeros),
        expected ?? zeros,
        dtype,
      );
    }
  });
  return problems;
}
