import { describe, expect, test } from 'vitest';
import { manualSeed, memory, noGrad, randn, scope, type Tensor, tensor } from '../../src/index.ts';
import { GPT, GPTDecoder } from '../../src/models/index.ts';
import {
  Embedding,
  Linear,
  QuantizedEmbedding,
  QuantizedLinear,
  quantizeLinears,
} from '../../src/nn/index.ts';

const config = { vocabSize: 31, blockSize: 16, nLayer: 2, nHead: 2, nEmbd: 32, bias: true };

const largest = (t: Tensor) => t.abs().max().itemSync();

describe('quantizeLinears()', () => {
  test('gives what the weights give, to within a part in a hundred, for one row and for many', () => {
    manualSeed(3);
    for (const rows of [1, 2, 9]) {
      const linear = new Linear(64, 50);
      const layer = new QuantizedLinear(linear);
      scope(() => {
        const x = randn([rows, 64]);
        const exact = noGrad(() => linear.forward(x));
        const quantized = layer.forward(x);
        expect(largest(quantized.sub(exact)) / largest(exact)).toBeLessThan(0.01);
      });
      layer.dispose();
      linear.dispose();
    }
  });

  test('leaves a model that decodes, with less memory, and keeps what is shared', async () => {
    manualSeed(4);
    const model = new GPT(config);
    const ids = tensor(new Int32Array([3, 1, 4, 1, 5]), { shape: [1, 5] });
    const before = memory().liveBytes;
    const exact = scope(() => noGrad(() => model.forward(ids)).dataSync());
    quantizeLinears(model);
    expect(model.lm_head).toBeInstanceOf(QuantizedLinear);
    expect(model.transformer.wte.weight.disposed).toBe(false);
    expect(memory().liveBytes).toBeLessThan(before);

    const decoder = new GPTDecoder(model);
    const logits = await decoder.start([3, 1, 4, 1, 5]);
    const expected = exact.slice(-config.vocabSize);
    const size = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => {
      expect(Math.abs((logits[i] as number) - value) / size).toBeLessThan(0.05);
    });
    decoder.dispose();
    model.dispose();
    ids.dispose();
  });

  test('refuses inputs that do not fit', () => {
    const linear = new Linear(8, 4);
    const layer = new QuantizedLinear(linear);
    scope(() => {
      const narrow = randn([2, 7]);
      expect(() => layer.forward(narrow)).toThrow('x [2, 7] and weight [4, 8] do not fit');
    });
    layer.dispose();
    linear.dispose();
  });
});

describe('QuantizedEmbedding', () => {
  test('looks up vectors that are near, and shares its numbers with a head', () => {
    manualSeed(6);
    const embedding = new Embedding(20, 32);
    const layer = new QuantizedEmbedding(embedding);
    const head = new Linear(32, 20, { bias: false, weight: embedding.weight });
    const quantized = new QuantizedLinear(head, layer);
    expect(quantized.values).toBe(layer.values);
    expect(quantized.scale).toBe(layer.scale);
    scope(() => {
      const ids = tensor(
        [
          [3, 0],
          [19, 3],
        ],
        { dtype: 'int32' },
      );
      const exact = noGrad(() => embedding.forward(ids));
      const near = layer.forward(ids);
      expect(near.shape).toEqual([2, 2, 32]);
      // Half a step of the row's largest element.
      const step = exact.abs().amax(-1, { keepdim: true }).div(127);
      expect(largest(near.sub(exact).div(step))).toBeLessThan(0.5001);
      const logits = noGrad(() => head.forward(exact));
      expect(largest(quantized.forward(exact).sub(logits)) / largest(logits)).toBeLessThan(0.02);
      expect(() => layer.forward(tensor([20], { dtype: 'int32' })).dataSync()).toThrow(
        'outside the valid range',
      );
    });
    layer.dispose();
    embedding.dispose();
  });
});
