import { describe, expect, test } from 'vitest';
import {
  compile,
  defaultDevice,
  Generator,
  noGrad,
  randn,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';
import * as nn from '../../src/nn/index.ts';
import cases from '../fixtures/layers/transformer.json' with { type: 'json' };
import { difference } from '../support/compare.ts';
import { type LayerFixture, makeLayer, runLayerTest } from './layerHarness.ts';

/** How a fixture's layer is called: names of inputs that are options, and options that are no tensors. */
interface Call {
  readonly inputs: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

for (const fixture of cases as unknown as LayerFixture[]) {
  const { inputs: names, flags, ...options } = fixture.args.at(-1) as Call;
  const args = [...fixture.args.slice(0, -1), options];
  const positional = fixture.inputs.length - names.length;
  // One tensor for all is another way through the code than equal ones.
  const isSelf = fixture.layer === 'MultiheadAttention' && 'isCausal' in flags;
  const trains = Boolean(fixture.initial) || isSelf;
  runLayerTest({
    name: `${fixture.layer} ${JSON.stringify({ ...options, ...flags })}, ${names.join(', ')}`,
    make: (layer) => makeLayer(nn, { ...fixture, args }, layer),
    fixture,
    trains,
    ...(!trains && { devices: ['js', defaultDevice()] }),
    // Keys that are all shifted by the same score the same.
    ...(fixture.layer === 'MultiheadAttention' && { lr: 0.02 }),
    call: (module, inputs) => {
      const masks = names.map((name, i) => [name, inputs[positional + i]]);
      const { forward } = module as unknown as { forward: (...args: unknown[]) => unknown };
      return forward.call(module, ...inputs.slice(0, positional), { ...flags, ...Object.fromEntries(masks) });
    },
  });
}

const values = (t: Tensor) => [...t.dataSync()];

describe('MultiheadAttention', () => {
  test('one tensor for queries, keys and values, or for the latter two, gives what copies give', () => {
    const attention = new nn.MultiheadAttention(6, 3, { batchFirst: true, generator: new Generator(1) });
    const [x, y] = [1, 2].map((seed) => randn([2, 4, 6], { generator: new Generator(seed) })) as [
      Tensor,
      Tensor,
    ];
    const same = (a: Tensor, b: Tensor) =>
      expect(difference(values(a), values(b), { relative: 1e-5, scaled: 1e-6 })).toBeNull();
    for (const needWeights of [true, false]) {
      const call = { needWeights, isCausal: true };
      same(attention.forward(x, x, x, call)[0], attention.forward(x, x.clone(), x.clone().clone(), call)[0]);
      same(attention.forward(y, x, x, call)[0], attention.forward(y, x, x.clone(), call)[0]);
    }
    attention.dispose();
  });

  test('a query that sees no key gets zeros, and no NaN flows back', () => {
    const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true, generator: new Generator(1) });
    const x = randn([2, 3, 4], { generator: new Generator(1) });
    x.requiresGrad = true;
    const keyPaddingMask = tensor([
      [true, true, true],
      [false, false, true],
    ]);
    const [output, weights] = attention.forward(x, x, x, { keyPaddingMask });
    output.square().sum().backward();
    expect(values((weights as Tensor).select(0, 0)).every((weight) => weight === 0)).toBe(true);
    expect(values((weights as Tensor).select(0, 1).sum(-1)).every((sum) => Math.abs(sum - 1) < 1e-6)).toBe(
      true,
    );
    expect(values(x.grad as Tensor).every(Number.isFinite)).toBe(true);
    attention.zeroGrad();
    attention.dispose();
  });

  test('weights are dropped while training alone, from its generator', () => {
    const make = () =>
      new nn.MultiheadAttention(4, 2, { dropout: 0.5, batchFirst: true, generator: new Generator(1) });
    const [a, b] = [make(), make()];
    const x = randn([1, 5, 4], { generator: new Generator(1) });
    const options = { averageAttnWeights: false };
    const weights = (attention: nn.MultiheadAttention) =>
      values(attention.forward(x, x, x, options)[1] as Tensor);
    const first = weights(a);
    expect(first.filter((weight) => weight === 0).length).toBeGreaterThan(10);
    expect(weights(b)).toEqual(first);
    expect(weights(a)).not.toEqual(first);
    expect(weights(a.eval()).every((weight) => weight > 0)).toBe(true);
    a.dispose();
    b.dispose();
  });

  test('refuses what does not fit', () => {
    const attention = new nn.MultiheadAttention(4, 2);
    const x = zeros([3, 2, 4]);
    expect(() => attention.forward(x, zeros([5, 1, 4]), zeros([5, 1, 4]))).toThrow('do not fit; expected');
    expect(() => attention.forward(x, zeros([5, 2, 4]), zeros([4, 2, 4]))).toThrow('do not fit');
    expect(() => attention.forward(x, x, x, { keyPaddingMask: zeros([3, 2], { dtype: 'bool' }) })).toThrow(
      'keyPaddingMask is [3, 2], expected [2, 3]',
    );
    expect(() => attention.forward(x, x, x, { attnMask: zeros([2, 3]) })).toThrow(
      'attnMask is [2, 3], expected [3, 3] or [4, 3, 3]',
    );
    attention.dispose();
    expect(() => new nn.MultiheadAttention(4, 3)).toThrow('does not divide into 3 equal heads');
    expect(() => new nn.TransformerEncoderLayer(4, 2, { activation: 'selu' as 'relu' })).toThrow(
      "activation must be 'relu', 'gelu' or a function, not 'selu'",
    );
  });
});

describe('Transformer', () => {
  test("its names are PyTorch's", () => {
    const model = new nn.Transformer({
      dModel: 4,
      nhead: 2,
      numEncoderLayers: 1,
      numDecoderLayers: 1,
      dimFeedforward: 4,
    });
    const names = [...model.stateDict().keys()];
    const expected = (cases as unknown as LayerFixture[]).find(({ layer }) => layer === 'Transformer');
    const theirs = Object.keys(expected?.state ?? {}).filter((name) => !name.startsWith('encoder.layers.1'));
    expect(names).toEqual(theirs);
    model.dispose();
  });

  test('with causal masks no step sees a later one', () => {
    const model = new nn.Transformer({
      dModel: 8,
      nhead: 2,
      numEncoderLayers: 1,
      numDecoderLayers: 2,
      dimFeedforward: 8,
      batchFirst: true,
      generator: new Generator(4),
    }).eval();
    const generator = new Generator(5);
    const [src, tgt] = [randn([1, 4, 8], { generator }), randn([1, 5, 8], { generator })];
    const changed = tgt.with([0, 3], 9);
    const steps = (of: Tensor, call: nn.TransformerCall) =>
      noGrad(() => model.forward(src, of, call).arraySync() as number[][][])[0] as number[][];
    const calls = [{ tgtIsCausal: true }, { tgtMask: nn.Transformer.generateSquareSubsequentMask(5) }];
    for (const call of calls) {
      const [before, after] = [steps(tgt, call), steps(changed, call)];
      expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
      expect(after[3]).not.toEqual(before[3]);
    }
    const [byFlag, byMask] = calls.map((call) => steps(tgt, call).flat());
    expect(difference(byFlag as number[], byMask as number[], { relative: 1e-5, scaled: 1e-6 })).toBeNull();
    model.dispose();
  });

  test('stacks whose layers start with different values', () => {
    const generator = new Generator(1);
    const encoder = new nn.TransformerEncoder(
      () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 4, generator }),
      2,
    );
    const [a, b] = [...encoder.layers].map(({ linear1 }) => values(linear1.weight));
    expect(a).not.toEqual(b);
    encoder.dispose();
  });
});

describe('SinusoidalPositionalEncoding', () => {
  test('adds sines and cosines, wherever time lies', () => {
    const dModel = 6;
    const expected = [0, 1, 2, 3].map((position) =>
      [0, 1, 2].flatMap((pair) => {
        const angle = position / 10000 ** ((2 * pair) / dModel);
        return [Math.sin(angle), Math.cos(angle)];
      }),
    );
    const same = (t: Tensor, rows: readonly (readonly number[])[]) =>
      expect(difference(values(t), rows.flat(), { relative: 1e-6, scaled: 1e-6 })).toBeNull();
    const first = new nn.SinusoidalPositionalEncoding(dModel, { maxLength: 10, batchFirst: true });
    const second = new nn.SinusoidalPositionalEncoding(dModel, { maxLength: 10 });
    same(first.forward(zeros([2, 4, dModel])), [...expected, ...expected]);
    same(
      second.forward(zeros([4, 2, dModel])),
      expected.flatMap((row) => [row, row]),
    );
    same(second.forward(zeros([4, dModel])), expected);
    const positions = tensor([3, 1], { dtype: 'int32' });
    same(first.forward(zeros([1, 2, dModel]), { positions }), [expected[3], expected[1]] as number[][]);
    expect([...first.stateDict().keys()]).toEqual([]);
    expect(() => first.forward(zeros([1, 11, dModel]))).toThrow('at most 10 steps, got [1, 11, 6]');
    first.dispose();
    second.dispose();
  });

  test('in a compiled function', () => {
    const encoding = new nn.SinusoidalPositionalEncoding(4, { maxLength: 8 });
    const sum = compile((x: Tensor) => encoding.forward(x));
    const x = randn([3, 2, 4], { generator: new Generator(1) });
    const eager = values(encoding.forward(x));
    for (let i = 0; i < 2; i++) {
      const result = sum(x);
      expect(values(result)).toEqual(eager);
      result.dispose();
    }
    sum.dispose();
    encoding.dispose();
  });
});
