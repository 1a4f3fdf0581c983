import { describe, expect, test } from 'vitest';
import { cat, defaultDevice, Generator, randn, type Tensor, tensor } from '../../src/index.ts';
import * as nn from '../../src/nn/index.ts';
import cases from '../fixtures/layers/recurrent.json' with { type: 'json' };
import { difference } from '../support/compare.ts';
import { type LayerFixture, type LayerTest, runLayerFixtures } from './layerHarness.ts';

/** The inputs are x, states, and lengths if there is an int32. */
const call: LayerTest<nn.Module>['call'] = (module, [x, ...rest]) => {
  const lengths = rest.find(({ dtype }) => dtype === 'int32');
  const states = rest.filter((t) => t !== lengths);
  const { forward } = module as unknown as { forward: (...args: unknown[]) => unknown };
  const state: readonly Tensor[] | Tensor | undefined = states.length > 1 ? states : states[0];
  return forward.call(module, x, state, { lengths });
};

const refuses: LayerTest<nn.Module>['refuses'] = [
  [[[4, 3, 5]], 'expected an input [time, batch, 2] or [time, 2], got [4, 3, 5]'],
  [[[0, 3, 2]], 'has no step'],
];
const refusesState: LayerTest<nn.Module>['refuses'] = [
  ...refuses,
  [
    [
      [4, 3, 2],
      [3, 3],
    ],
    /the state is \[3, 3\], expected \[1, 3, 3\]/,
  ],
];
const cell = { call, refuses: [[[[3, 4]], 'expected an input [batch, 2] or [2], got [3, 4]']] as const };

const extras = {
  RNN: { call, refuses: refusesState },
  GRU: { call, refuses: refusesState },
  LSTM: { call, refuses },
  RNNCell: cell,
  GRUCell: cell,
  LSTMCell: cell,
};
const all = cases as unknown as LayerFixture[];
runLayerFixtures(
  all.filter(({ initial }) => initial),
  nn,
  extras,
);
// Of these, values and gradients are enough, on the device that is the default here.
runLayerFixtures(
  all.filter(({ initial }) => !initial),
  nn,
  Object.fromEntries(
    Object.keys(extras).map((name) => [name, { call, trains: false, devices: ['js', defaultDevice()] }]),
  ),
);

describe('beyond what PyTorch says', () => {
  test('lengths as numbers and as a tensor are the same; what lies behind them is not looked at', () => {
    const lstm = new nn.LSTM(3, 4, { bidirectional: true, batchFirst: true, generator: new Generator(1) });
    const x = randn([2, 5, 3], { generator: new Generator(2) });
    const other = x.with([0, [3, null]], 7);
    const run = (input: Tensor, lengths: nn.Lengths) => {
      const [output, [h, c]] = lstm.forward(input, undefined, { lengths });
      return [output, h, c].map((t) => [...t.dataSync()]);
    };
    const byNumbers = run(x, [3, 5]);
    expect(run(x, tensor([3, 5], { dtype: 'int32' }))).toEqual(byNumbers);
    expect(run(other, [3, 5])).toEqual(byNumbers);
    expect(run(other, [4, 5])).not.toEqual(run(x, [4, 5]));
    // Nothing to read: the state is the one at the beginning.
    const [, h] = run(x, [0, 5]) as [number[], number[]];
    expect(h.slice(0, 4)).toEqual([0, 0, 0, 0]);
    for (const [lengths, message] of [
      [[3], 'lengths are [1], expected one for each row of the batch, [2]'],
      [[3, 6], 'a length is 6; expected whole numbers from 0 to 5 steps'],
      [tensor([3, 5]), 'lengths must be int32, not float32'],
    ] as const) {
      expect(() => run(x, lengths as nn.Lengths)).toThrow(message);
    }
    lstm.dispose();
  });

  test('dropout acts between layers, while training', () => {
    const make = (dropout: number) =>
      new nn.GRU(3, 8, { numLayers: 2, dropout, generator: new Generator(1) });
    const [dropping, plain] = [make(0.5), make(0)];
    const x = randn([4, 2, 3], { generator: new Generator(2) });
    const states = (gru: nn.GRU) => gru.forward(x)[1].arraySync() as number[][][];
    const [a, b, expected] = [states(dropping), states(dropping), states(plain)];
    // The first layer sees the input as it is.
    expect([a[0], b[0]]).toEqual([expected[0], expected[0]]);
    expect(a[1]).not.toEqual(b[1]);
    expect(states(dropping.eval())).toEqual(expected);
    dropping.dispose();
    plain.dispose();
  });

  test('a cell in a loop is a layer, and so is a layer in two parts', () => {
    const [lstm, cell] = [
      new nn.LSTM(3, 4, { generator: new Generator(1) }),
      new nn.LSTMCell(3, 4, { generator: new Generator(1) }),
    ];
    const x = randn([4, 2, 3], { generator: new Generator(2) });
    const [whole, [h]] = lstm.forward(x);
    let state: nn.LSTMState | undefined;
    for (const slice of x.unbind(0)) state = cell.forward(slice, state);
    const close = (actual: Tensor, expected: Tensor) =>
      expect(difference(actual.dataSync(), expected.dataSync(), { relative: 1e-5, scaled: 1e-6 })).toBeNull();
    close((state as nn.LSTMState)[0], h.squeeze(0));
    const [first, between] = lstm.forward(x.narrow(0, 0, 1));
    const [rest] = lstm.forward(x.narrow(0, 1, 3), between);
    close(cat([first, rest], 0), whole);
    lstm.dispose();
    cell.dispose();
  });

  test('refuses sizes that make no sense', () => {
    expect(() => new nn.LSTM(3, 4, { projSize: 4 })).toThrow(
      'projSize must be a whole number below hiddenSize (4)',
    );
    expect(() => new nn.GRU(3, 0)).toThrow('whole numbers of at least 1, got 3, 0 and 1');
    expect(() => new nn.RNN(3, 4, { dropout: 2 })).toThrow(
      'dropout must be a probability from 0 to 1, not 2',
    );
  });
});
