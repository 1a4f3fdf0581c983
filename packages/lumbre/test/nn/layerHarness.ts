/**
 * Tests of a layer, in the manner of Keras's `run_layer_test`:
 *
 *     runLayerTest({
 *       name: 'Linear, no bias',
 *       make: (options) => new Linear(3, 2, { bias: false, ...options }),
 *       fixture,                                  // PyTorch's answer, from fixtures/layers; or, where there is none,
 *       inputs: [{ shape: [4, 3] }],              // inputs to draw: the float64 oracle `js` says what must come out
 *       refuses: [[[[4, 5]], 'Linear: expected']] // inputs by their shapes, and (part of) the error's message
 *     });
 *
 * Each call makes one `describe` with these tests:
 *   - on every device: shape, dtype and values of what comes out, gradients of inputs and parameters, buffers afterwards,
 *     as the fixture says (in float64 on `js`, in float32 elsewhere), or else as on `js`;
 *   - initialization, where the fixture has bounds (`initial`);
 *   - its state, written to safetensors and read into a fresh layer, gives the same output to the bit;
 *   - a few steps in `compile` lower a loss, change every parameter, and compute what the same steps do one by one;
 *   - it refuses what it is to refuse.
 *
 * Layers that are not called as `forward(...inputs)` say how by `call`; what it returns may be nested arrays of tensors.
 * Fixtures: see fixtures/layers/common.py, whose `layer("LSTM", 3, 4, inputs=[Input([5, 2, 3])])` writes one case; load the
 * JSON with `import cases from '../fixtures/layers/foo.json'`, and run a whole file by `runLayerFixtures(cases, nn)`, where
 * `nn` is the namespace with the classes (`import * as nn from '../../src/nn/index.ts'`).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DType } from '../../src/graph/dtype.ts';
import { formatShape, sizeOf } from '../../src/graph/shape.ts';
import { readSafetensors, writeSafetensors } from '../../src/hub/safetensors.ts';
import {
  compile,
  defaultDevice,
  deviceNames,
  Generator,
  keep,
  type Tensor,
  tensor,
} from '../../src/index.ts';
import type { LayerOptions, Module, StateDict } from '../../src/nn/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import { collectTensors } from '../../src/tensor/structure.ts';
import { difference, scaleOf, type Tolerance } from '../support/compare.ts';

/** `float` stands for the dtype that a device is tried with. */
type LayerDType = 'float' | 'int32' | 'bool';

export interface LayerArray {
  readonly dtype: LayerDType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** PyTorch's answer; fixtures/layers/common.py says what is in it. */
export interface LayerFixture {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly mode: 'train' | 'eval';
  readonly state: Readonly<Record<string, LayerArray>>;
  readonly inputs: readonly LayerArray[];
  readonly outputs: readonly LayerArray[];
  readonly gradients?: {
    readonly inputs: readonly (readonly number[] | null)[];
    readonly parameters: Readonly<Record<string, readonly number[]>>;
  };
  readonly buffers?: Readonly<Record<string, LayerArray>>;
  readonly initial?: Readonly<Record<string, readonly [low: number, high: number]>>;
}

/** An input that is drawn: floats from [-2, 2], int32 from [0, high). */
export interface LayerInput {
  readonly shape: readonly number[];
  readonly dtype?: LayerDType;
  /** For int32. Default 2. */
  readonly high?: number;
}

export interface LayerTest<M extends Module> {
  readonly name: string;
  /** Must pass the options on to whatever makes parameters and buffers. */
  readonly make: (options: LayerOptions) => M;
  readonly fixture?: LayerFixture;
  /** Without a fixture. */
  readonly inputs?: readonly LayerInput[];
  /** What comes out for `inputs`, one shape each; a fixture knows by itself. */
  readonly outputShapes?: readonly (readonly number[])[];
  readonly call?: (module: M, inputs: readonly Tensor[]) => unknown;
  /** Inputs that must be refused: the shape of each, floats, and what the message must contain. */
  readonly refuses?: readonly (readonly [shapes: readonly (readonly number[])[], message: string | RegExp])[];
  /** Without a fixture: whether gradients are compared. Default true. */
  readonly differentiable?: boolean;
  /** Whether some steps must lower a loss and change all parameters. Default: whether there are parameters. */
  readonly trains?: boolean;
  /** Parameters whose gradient is always zero, so that training does not change them. */
  readonly unchanged?: readonly string[];
  /** The learning rate (of AdamW) for that. Default 0.01. */
  readonly lr?: number;
  readonly devices?: readonly string[];
  readonly tolerance?: Partial<Record<'float32' | 'float64', Tolerance>>;
}

/** Of whole layers, in which many operations' errors add up. */
const tolerances: Record<'float32' | 'float64', Tolerance> = {
  float64: { relative: 1e-9, scaled: 1e-10 },
  float32: { relative: 1e-4, scaled: 1e-5 },
};

const floatOf = (device: string): 'float32' | 'float64' => (device === 'js' ? 'float64' : 'float32');

/** The weights that gradients in the fixtures start from, as in common.py. */
const weightsOf = (count: number, start: number): number[] =>
  Array.from({ length: count }, (_, i) => ((((i + start) * 7 + 3) % 11) - 5) / 4);

const make = ({ dtype, shape, data }: LayerArray, device: string, float: DType): Tensor =>
  tensor([...data], { shape, device, dtype: dtype === 'float' ? float : dtype });

/** Numbers that look random, the same everywhere. */
function draw({ shape, dtype = 'float', high = 2 }: LayerInput, seed: number): LayerArray {
  const data = Array.from({ length: sizeOf(shape) }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    const unit = x - Math.floor(x);
    return dtype === 'float' ? Math.round((unit * 4 - 2) * 64) / 64 : Math.floor(unit * high);
  });
  return { shape, dtype, data };
}

/** What a run gives, as numbers. */
interface Run {
  readonly outputs: readonly LayerArray[];
  readonly inputGradients: readonly (readonly number[] | null)[];
  readonly parameterGradients: ReadonlyMap<string, readonly number[]>;
  readonly buffers: ReadonlyMap<string, readonly number[]>;
}

const numbersOf = (t: Tensor): number[] => [...t.dataSync()].map(Number);

class Subject<M extends Module> {
  readonly #test: LayerTest<M>;
  readonly inputs: readonly LayerArray[];

  constructor(layerTest: LayerTest<M>) {
    this.#test = layerTest;
    this.inputs = layerTest.fixture?.inputs ?? (layerTest.inputs ?? []).map((input, i) => draw(input, i + 1));
  }

  /** A layer with the fixture's state, in its mode. */
  layer(options: LayerOptions): M {
    const { fixture } = this.#test;
    const module = this.#test.make({ generator: new Generator(1), ...options });
    if (fixture) {
      const { device = defaultDevice(), dtype = 'float32' } = options;
      const state = Object.entries(fixture.state).map(
        ([name, value]) => [name, make(value, device, dtype)] as const,
      );
      module.loadStateDict(new Map(state));
      module.train(fixture.mode === 'train');
    }
    return module;
  }

  call(module: M, inputs: readonly Tensor[]): Tensor[] {
    const { call } = this.#test;
    if (call) return collectTensors(call(module, inputs));
    const { forward } = module as unknown as { forward?: (...args: Tensor[]) => unknown };
    if (!forward) throw new Error(`${this.#test.name}: the layer has no forward(); say how to call it.`);
    return collectTensors(forward.apply(module, [...inputs]));
  }

  get differentiable(): boolean {
    const { fixture, differentiable = true } = this.#test;
    return fixture ? fixture.gradients !== undefined : differentiable;
  }

  /** Forward and, where it can, backward. */
  run(device: string, state?: StateDict): Run {
    const float = floatOf(device);
    const module = this.layer({ device, dtype: float });
    if (state) module.loadStateDict(state);
    const inputs = this.inputs.map((input) => make(input, device, float));
    inputs.forEach((input, i) => {
      if (this.differentiable && this.inputs[i]?.dtype === 'float') input.requiresGrad = true;
    });
    const outputs = this.call(module, inputs);
    let start = 0;
    let total: Tensor | null = null;
    for (const output of outputs) {
      if (output.dtype === float) {
        const seeds = tensor(weightsOf(output.size, start), { shape: output.shape, dtype: float, device });
        const part = output.mul(seeds).sum();
        total = total ? total.add(part) : part;
      }
      start += output.size;
    }
    if (this.differentiable && total?.requiresGrad) total.backward();
    const result = {
      outputs: outputs.map((output) => ({
        dtype: output.dtype === float ? ('float' as const) : (output.dtype as LayerDType),
        shape: output.shape,
        data: numbersOf(output),
      })),
      inputGradients: inputs.map(({ grad }) => (grad ? numbersOf(grad) : null)),
      parameterGradients: new Map(
        [...module.namedParameters()].flatMap(([name, { grad }]) => (grad ? [[name, numbersOf(grad)]] : [])),
      ),
      buffers: new Map([...module.namedBuffers()].map(([name, value]) => [name, numbersOf(value)])),
    };
    module.zeroGrad();
    module.dispose();
    return result;
  }
}

/** What differs, one line each. */
function compare(
  actual: Run,
  fixture: Pick<LayerFixture, 'outputs'> & Expected,
  tolerance: Tolerance,
): string[] {
  const problems: string[] = [];
  const scale = scaleOf(...fixture.outputs.map(({ data }) => data));
  const check = (what: string, got: readonly number[], expected: readonly number[], magnitude: number) => {
    const problem = difference(got, expected, tolerance, magnitude);
    if (problem) problems.push(`${what}: ${problem}`);
  };
  if (actual.outputs.length !== fixture.outputs.length) {
    return [`${actual.outputs.length} outputs, expected ${fixture.outputs.length}`];
  }
  fixture.outputs.forEach((expected, i) => {
    const got = actual.outputs[i] as LayerArray;
    const [a, e] = [got, expected].map(({ dtype, shape }) => `${dtype}${formatShape(shape)}`);
    if (a !== e) problems.push(`output ${i} is ${a}, expected ${e}`);
    else check(`output ${i}`, got.data, expected.data, scale);
  });
  // A gradient of zeros and none are the same.
  const gradient = (what: string, got: readonly number[] | null, expected: readonly number[] | null) => {
    if (!got && !expected) return;
    const zeros = ((got ?? expected) as readonly number[]).map(() => 0);
    check(`gradient of ${what}`, got ?? zeros, expected ?? zeros, scaleOf(got ?? zeros, expected ?? zeros));
  };
  if (fixture.gradients) {
    const { inputs, parameters } = fixture.gradients;
    inputs.forEach((expected, i) => {
      gradient(`input ${i}`, actual.inputGradients[i] ?? null, expected);
    });
    for (const name of new Set([...Object.keys(parameters), ...actual.parameterGradients.keys()])) {
      gradient(name, actual.parameterGradients.get(name) ?? null, parameters[name] ?? null);
    }
  }
  for (const [name, expected] of Object.entries(fixture.buffers ?? {})) {
    check(`buffer ${name}`, actual.buffers.get(name) ?? [], expected.data, scaleOf(expected.data));
  }
  return problems;
}

type Expected = Pick<LayerFixture, 'gradients' | 'buffers'>;

/** What a run on the oracle says to those on other devices. */
const asFixture = (run: Run): Pick<LayerFixture, 'outputs'> & Expected => ({
  outputs: run.outputs,
  gradients: { inputs: run.inputGradients, parameters: Object.fromEntries(run.parameterGradients) },
  buffers: Object.fromEntries(
    [...run.buffers].map(([name, data]) => [name, { dtype: 'float', shape: [data.length], data }]),
  ),
});

/** Through the bytes of a safetensors file. */
function throughSafetensors(state: StateDict): StateDict {
  const stored = [...state].map(
    ([name, value]) => [name, { dtype: value.dtype, shape: value.shape, data: value.dataSync() }] as const,
  );
  const { tensors } = readSafetensors(writeSafetensors(stored));
  return new Map(
    [...tensors].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype })]),
  );
}

/** Steps towards fixed targets; the losses, and what became of the parameters. */
function train<M extends Module>(subject: Subject<M>, lr: number, steps: number, compiled: boolean) {
  const module = subject.layer({ generator: new Generator(1) }).train();
  const before = new Map([...module.namedParameters()].map(([name, value]) => [name, numbersOf(value)]));
  const optimizer = new AdamW(module.parameters(), { lr, weightDecay: 0 });
  const inputs = subject.inputs.map((input) => keep(make(input, defaultDevice(), 'float32')));
  const step = (...given: Tensor[]): Tensor => {
    let loss: Tensor | null = null;
    subject.call(module, given).forEach((output, i) => {
      if (output.dtype !== 'float32') return;
      const target = make(draw({ shape: output.shape }, i + 9), defaultDevice(), 'float32');
      const part = output.sub(target).square().mean();
      loss = loss ? (loss as Tensor).add(part) : part;
    });
    if (!loss)
      throw new Error('no float comes out of the layer: there is nothing to train; say trains: false.');
    (loss as Tensor).backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const run = compiled ? compile(step) : step;
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const loss = run(...inputs);
    losses.push(loss.itemSync());
    loss.dispose();
  }
  const after = new Map([...module.namedParameters()].map(([name, value]) => [name, numbersOf(value)]));
  const buffers = [...module.namedBuffers()].flatMap(([, value]) => numbersOf(value));
  if ('dispose' in run && typeof run.dispose === 'function') run.dispose();
  optimizer.dispose();
  module.dispose();
  for (const input of inputs) input.dispose();
  return { losses, before, after, buffers };
}

/** See the top of this file. */
export function runLayerTest<M extends Module>(layerTest: LayerTest<M>): void {
  const { name, fixture, outputShapes, refuses = [], unchanged = [], lr = 0.01 } = layerTest;
  const devices = layerTest.devices ?? deviceNames();
  const subject = new Subject(layerTest);
  describe(name, () => {
    let oracle: Run | undefined;
    let state: StateDict | undefined;
    if (!fixture) {
      beforeAll(() => {
        const module = subject.layer({ device: 'js', dtype: 'float64' });
        state = new Map(
          [...module.stateDict()].map(([key, value]) => [
            key,
            keep(tensor(value.dataSync(), { ...value, device: 'js' })),
          ]),
        );
        module.dispose();
        oracle = subject.run('js', state);
      });
      afterAll(() => {
        for (const value of state?.values() ?? []) value.dispose();
      });
    }

    test.each(fixture ? devices : devices.filter((device) => device !== 'js'))(
      'values and gradients on %s',
      (device) => {
        const actual = subject.run(device, state);
        const tolerance = layerTest.tolerance?.[floatOf(device)] ?? tolerances[floatOf(device)];
        const expected = fixture ?? asFixture(oracle as Run);
        if (outputShapes) expect(actual.outputs.map(({ shape }) => shape)).toEqual(outputShapes);
        expect(compare(actual, expected, tolerance)).toEqual([]);
      },
    );

    test('its state goes through safetensors', () => {
      const module = subject.layer({}).eval();
      const fresh = layerTest.make({ generator: new Generator(2) }).eval();
      const inputs = subject.inputs.map((input) => make(input, defaultDevice(), 'float32'));
      expect(fresh.loadStateDict(throughSafetensors(module.stateDict()))).toEqual({
        missing: [],
        unexpected: [],
      });
      const [expected, actual] = [module, fresh].map((each) => subject.call(each, inputs).map(numbersOf));
      expect(actual).toEqual(expected);
      module.dispose();
      fresh.dispose();
    });

    if (fixture?.initial && Object.keys(fixture.initial).length > 0) {
      test('starts as in PyTorch', () => {
        const module = layerTest.make({ generator: new Generator(3) });
        const parameters = module.namedParameters();
        expect([...parameters.keys()]).toEqual(Object.keys(fixture.initial ?? {}));
        for (const [key, [low, high]] of Object.entries(fixture.initial ?? {})) {
          const values = numbersOf(parameters.get(key) as Tensor);
          // PyTorch's are the extremes of some thousand draws.
          const slack = 0.01 * (high - low) + 1e-6;
          expect(Math.min(...values), key).toBeGreaterThanOrEqual(low - slack);
          expect(Math.max(...values), key).toBeLessThanOrEqual(high + slack);
          if (values.length >= 20)
            expect(Math.max(...values) - Math.min(...values), key).toBeGreaterThanOrEqual(0.6 * (high - low));
        }
        module.dispose();
      });
    }

    if (layerTest.trains ?? Object.keys(fixture?.state ?? { unknown: true }).length > 0) {
      test('trains, compiled', () => {
        const { losses, before, after, buffers } = train(subject, lr, 6, true);
        expect(losses.every(Number.isFinite)).toBe(true);
        expect(losses.at(-1)).toBeLessThan(losses[0] as number);
        const still = [...after].filter(([key, values]) => values.join() === before.get(key)?.join());
        expect(still.map(([key]) => key)).toEqual(unchanged);
        const eager = train(subject, lr, 6, false);
        const tolerance = layerTest.tolerance?.float32 ?? tolerances.float32;
        expect(difference(losses, eager.losses, tolerance)).toBeNull();
        expect(difference(buffers, eager.buffers, tolerance, scaleOf(buffers))).toBeNull();
      });
    }

    test.each(refuses.map(([shapes, message]) => ({ shapes, message })))(
      'refuses $shapes',
      ({ shapes, message }) => {
        const module = subject.layer({});
        const inputs = shapes.map((shape) => make(draw({ shape }, 1), defaultDevice(), 'float32'));
        expect(() => subject.call(module, inputs).map(numbersOf)).toThrow(message);
        module.dispose();
      },
    );
  });
}

/** Classes by name. */
export type LayerClasses = Readonly<Record<string, unknown>>;

/** The layer that a fixture is of: its arguments are what is positional and, last, an object of options. */
export function makeLayer(
  classes: LayerClasses,
  { layer, args, state }: LayerFixture,
  options: LayerOptions,
): Module {
  const Layer = classes[layer] as (new (...args: unknown[]) => Module) | undefined;
  if (!Layer) throw new Error(`There is no layer ${layer}.`);
  const [positional, given] = [args.slice(0, -1), args.at(-1) as object];
  // Layers without state take no options of where it lives, and may have something else in that place.
  const last = Object.keys(state).length > 0 ? { ...given, ...options } : given;
  return new Layer(...positional, ...(Object.keys(last).length > 0 ? [last] : []));
}

/** More about the layers of a file of fixtures, by class. */
export type LayerExtras = Readonly<Record<string, Omit<Partial<LayerTest<Module>>, 'name' | 'fixture'>>>;

/** One `runLayerTest` for each case of a file of fixtures. What a class refuses is tried with its first case. */
export function runLayerFixtures(
  cases: readonly unknown[],
  classes: LayerClasses,
  extras: LayerExtras = {},
): void {
  const seen = new Set<string>();
  for (const fixture of cases as readonly LayerFixture[]) {
    const { layer, args, mode } = fixture;
    const { refuses = [], ...rest } = extras[layer] ?? {};
    const shapes = fixture.inputs.map(({ shape }) => formatShape(shape)).join(', ');
    runLayerTest({
      name: `${layer}(${JSON.stringify(args)
        .slice(1, -1)
        .replace(/,?\{\}$/, '')}) of ${shapes}${mode === 'eval' ? ', eval' : ''}`,
      make: (options) => makeLayer(classes, fixture, options),
      fixture,
      refuses: seen.has(layer) ? [] : refuses,
      ...rest,
    });
    seen.add(layer);
  }
}
