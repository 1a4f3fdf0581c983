import { describe, expect, test } from 'vitest';
import { Generator, gumbel, noGrad, randn, scope, type Tensor, tensor, zeros } from '../../../src/index.ts';
import { gumbelSoftmax, TextGAN } from '../../../src/models/index.ts';
import { Adam } from '../../../src/optim/index.ts';

const config = {
  vocabSize: 4,
  length: 5,
  endToken: 0,
  latentDim: 3,
  hiddenSize: 12,
  embeddingDim: 6,
  channels: 8,
};

describe('Gumbel-softmax', () => {
  test('draws one-hot vectors as often as the softmax says', () => {
    const logits = tensor([0, 1, 2]).expand([4000, 3]);
    const noise = gumbel(0, 1, [4000, 3], { generator: new Generator(1) });
    const drawn = gumbelSoftmax(logits, noise, 0.7);
    const values = [...drawn.dataSync()].map(Number);
    expect(values.every((x) => Math.abs(x) < 1e-6 || Math.abs(x - 1) < 1e-6)).toBe(true);
    const shares = [...drawn.mean(0).dataSync()].map(Number);
    const wanted = [...tensor([0, 1, 2]).softmax(-1).dataSync()].map(Number);
    shares.forEach((share, i) => {
      expect(Math.abs(share - (wanted[i] as number))).toBeLessThan(0.025);
    });
  });

  test('lets through the gradient of the softmax at its temperature', () => {
    const [logits, again] = [tensor([[0.3, -0.2, 0.9]]), tensor([[0.3, -0.2, 0.9]])];
    logits.requiresGrad = true;
    again.requiresGrad = true;
    const noise = tensor([[0.1, 0.5, -0.4]]);
    const weights = tensor([[1, -2, 3]]);
    gumbelSoftmax(logits, noise, 0.5).mul(weights).sum().backward();
    again.add(noise).div(0.5).softmax(-1).mul(weights).sum().backward();
    const wanted = (again.grad as Tensor).dataSync();
    (logits.grad as Tensor).dataSync().forEach((x, i) => {
      expect(x).toBeCloseTo(wanted[i] as number, 6);
    });
  });
});

describe.each(['gru', 'lstm'] as const)('a GAN that writes, with a %s', (cell) => {
  test('writes nothing but ends behind an end, the same from the same seed', () => {
    const model = new TextGAN({ ...config, cell }, { generator: new Generator(2) });
    const write = (seed: number) =>
      scope(() => noGrad(() => [...model.write(50, { generator: new Generator(seed) }).dataSync()]));
    const ids = write(1);
    expect(ids).toHaveLength(250);
    let ended = 0;
    for (let text = 0; text < 50; text++) {
      const own = ids.slice(text * 5, text * 5 + 5);
      const end = own.indexOf(0);
      if (end >= 0) expect(own.slice(end).every((id) => id === 0)).toBe(true);
      if (end >= 0 && end < 4) ended++;
    }
    expect(ended).toBeGreaterThan(5);
    expect(write(1)).toEqual(ids);
    expect(write(2)).not.toEqual(ids);
    model.dispose();
  });

  test('gradients reach the first state through everything that was written', () => {
    const model = new TextGAN(
      { ...config, cell, average: true },
      { generator: new Generator(2), noise: new Generator(3) },
    );
    const z = randn([4, 3], { generator: new Generator(4) });
    const scores = model.discriminator.forward(model.generator.forward(z));
    expect(scores.shape).toEqual([4]);
    scores.sum().backward();
    for (const [name, value] of model.generator.namedParameters()) {
      expect(
        [...(value.grad as Tensor).dataSync()].some((x) => x !== 0),
        name,
      ).toBe(true);
    }
    // The average begins as the generator.
    const [own, average] = [model.generator, model.averageGenerator].map((network) => [
      ...(network?.head.weight.dataSync() ?? []),
    ]);
    expect(average).toEqual(own);
    model.zeroGrad();
    model.dispose();
  });
});

test('likelihood teaches it a name', () => {
  const model = new TextGAN(config, { generator: new Generator(2) });
  const { generator } = model;
  const optimizer = new Adam(generator.parameters(), { lr: 0.03 });
  const rows = tensor(Int32Array.of(2, 3, 1, 0, 0), { shape: [1, 5] });
  const targets = tensor(Int32Array.of(2, 3, 1, 0, -100), { shape: [1, 5] });
  for (let i = 0; i < 60; i++) {
    scope(() => {
      generator.surprise(zeros([1, 3]), model.texts(rows), targets).backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  }
  const written = scope(() =>
    noGrad(() => [
      ...generator
        .write(zeros([1, 3]), zeros([5, 1, 4]), 1)
        .argmax(-1)
        .dataSync(),
    ]),
  );
  expect(written).toEqual([2, 3, 1, 0, 0]);
  optimizer.dispose();
  model.dispose();
});

test('settings that make no sense are named', () => {
  expect(() => new TextGAN({ ...config, cell: 'rnn' as 'gru' })).toThrow("'gru' or 'lstm'");
  expect(() => new TextGAN({ ...config, length: 0 })).toThrow('length');
});
