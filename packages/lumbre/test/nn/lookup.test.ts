import { describe, expect, test } from 'vitest';
import { scope, tensor, zeros } from '../../src/index.ts';
import * as nn from '../../src/nn/index.ts';
import { Embedding, init, Linear, Module } from '../../src/nn/index.ts';
import { SGD } from '../../src/optim/index.ts';
import cases from '../fixtures/layers/lookup.json' with { type: 'json' };
import { type LayerFixture, runLayerFixtures } from './layerHarness.ts';

runLayerFixtures(cases as unknown as readonly LayerFixture[], nn, {
  Bilinear: {
    refuses: [
      [
        [
          [5, 4],
          [5, 4],
        ],
        'Bilinear: expected inputs [.., 3] and [.., 4]',
      ],
    ],
  },
});

const ids = (...values: number[]) => tensor(values, { dtype: 'int32' });

describe('Embedding', () => {
  test('starts with a zero where nothing stands', () => {
    const layer = new Embedding(3, 2, { paddingIdx: -2 });
    expect(layer.paddingIdx).toBe(1);
    const values = [...layer.weight.dataSync()];
    expect(values.map((value) => value === 0)).toEqual([false, false, true, true, false, false]);
    expect(() => new Embedding(3, 2, { paddingIdx: 3 })).toThrow('the padding 3 is no id of 3 vectors');
    expect(() => layer.forward(ids(3)).dataSync()).toThrow(RangeError);
    layer.dispose();
  });

  test('takes vectors that are known, frozen or not', () => {
    const vectors = tensor([
      [1, 2],
      [3, 4],
    ]);
    const frozen = Embedding.fromPretrained(vectors);
    expect(frozen.weight === vectors).toBe(false);
    expect([...frozen.forward(ids(1, 0)).dataSync()]).toEqual([3, 4, 1, 2]);
    expect([frozen.weight.requiresGrad, frozen.parameterCount()]).toEqual([false, 4]);
    const free = Embedding.fromPretrained(vectors, { freeze: false, paddingIdx: 0 });
    init.zeros(free.weight);
    free.forward(ids(0, 1)).sum().backward();
    expect([...(free.weight.grad?.dataSync() ?? [])]).toEqual([0, 0, 1, 1]);
    expect([...vectors.dataSync()]).toEqual([1, 2, 3, 4]);
    expect(() => Embedding.fromPretrained(ids(1))).toThrow('got [1]');
    frozen.dispose();
    free.dispose();
  });

  test('shares its table with a head: one parameter of two names', () => {
    class Model extends Module {
      readonly embedding = new Embedding(3, 2);
      readonly head = new Linear(2, 3, { bias: false, weight: this.embedding.weight });
    }
    const model = new Model();
    const { weight } = model.embedding;
    expect([...model.stateDict().keys()]).toEqual(['embedding.weight', 'head.weight']);
    expect(model.parameters().map((one) => one === weight)).toEqual([true]);
    expect(model.parameterCount()).toBe(6);
    init.ones(weight);
    const optimizer = new SGD(model.parameters(), { lr: 1 });
    scope(() =>
      model.head
        .forward(model.embedding.forward(ids(0)))
        .sum()
        .backward(),
    );
    // What the lookup gives (3 to each element of row 0) and what the head gives (1 everywhere), in one step.
    optimizer.step();
    expect([...weight.dataSync()]).toEqual([-3, -3, 0, 0, 0, 0]);
    const other = new Model();
    other.loadStateDict(model.stateDict());
    expect([...other.head.weight.dataSync()]).toEqual([...weight.dataSync()]);
    expect(() => new Embedding(4, 2, { weight })).toThrow('the weight to share is [3, 2], expected [4, 2]');
    expect(() => model.loadStateDict(new Map([['embedding.weight', zeros([2, 2])]]))).toThrow(
      'expected float32[3, 2]',
    );
    optimizer.dispose();
    model.dispose();
    other.dispose();
  });
});
