import { describe, expect, test } from 'vitest';
import {
  defaultGenerator,
  multiplyAdds,
  randn,
  scan,
  scope,
  statistics,
  type Tensor,
  zeros,
} from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Embedding,
  Flatten,
  Linear,
  LSTM,
  MaxPool2d,
  Module,
  ModuleList,
  ReLU,
  Sequential,
  summary,
} from '../../src/nn/index.ts';

/** Where nothing has to be compiled to make parameters. */
const js = { device: 'js' };

const lenet = () =>
  new Sequential(
    new Conv2d(1, 6, 5, { padding: 2, ...js }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(6, 16, 5, js),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(400, 120, js),
    new ReLU(),
    new Linear(120, 84, js),
    new ReLU(),
    new Linear(84, 10, js),
  );

describe('multiplyAdds()', () => {
  test('counts products, in each step of a loop, and what is new beyond what was counted', () => {
    const [a, b] = [randn([2, 3, 4], js).realize(), randn([2, 4, 5], js).realize()];
    expect(multiplyAdds(a.matmul(b))).toBe(2 * 3 * 4 * 5);
    expect(multiplyAdds(a.add(1).exp().sum())).toBe(0);
    const product = a.matmul(b);
    const counted = new WeakSet<object>();
    expect(multiplyAdds(product, counted)).toBe(120);
    expect(multiplyAdds([product.relu(), product.mT.matmul(a)], counted)).toBe(2 * 5 * 3 * 4);
    const w = randn([4, 4], js).realize();
    const [last, all] = scan(
      (h: Tensor, x: Tensor) => {
        const next = h.matmul(w).add(x).tanh();
        return [next, next];
      },
      zeros([3, 4], js),
      randn([7, 3, 4], js),
    );
    expect(multiplyAdds([last, all])).toBe(7 * 3 * 4 * 4);
    product.realize();
    expect(multiplyAdds(product)).toBe(0);
  });
});

describe('summary()', () => {
  test('counts LeNet as everybody does', () => {
    const net = lenet();
    const result = summary(net, [1, 1, 28, 28]);
    expect(result.parameters).toBe(61_706);
    expect(result.multiplyAdds).toBe(117_600 + 240_000 + 48_000 + 10_080 + 840);
    // torchinfo counts an addition of the bias as one more, for each output.
    const biases = 6 * 28 ** 2 + 16 * 10 ** 2 + 120 + 84 + 10;
    expect(result.multiplyAdds + biases).toBe(423_038);
    expect(result.rows.map(({ name, outputShapes }) => [name, outputShapes[0]?.join()])).toEqual([
      ['', '1,10'],
      ['0', '1,6,28,28'],
      ['1', '1,6,28,28'],
      ['2', '1,6,14,14'],
      ['3', '1,16,10,10'],
      ['4', '1,16,10,10'],
      ['5', '1,16,5,5'],
      ['6', '1,400'],
      ['7', '1,120'],
      ['8', '1,120'],
      ['9', '1,84'],
      ['10', '1,84'],
      ['11', '1,10'],
    ]);
    expect(result.parameterBytes).toBe(4 * 61_706);
    expect(result.inputBytes).toBe(4 * 28 ** 2);
    const outputs = 2 * (6 * 28 ** 2) + 6 * 14 ** 2 + 2 * (16 * 10 ** 2) + 2 * 400 + 2 * 120 + 2 * 84 + 10;
    expect(result.activationBytes).toBe(4 * outputs);
    expect(result.totalBytes).toBe(result.parameterBytes + result.inputBytes + result.activationBytes);
    // Twice the batch, twice the work.
    expect(summary(net, [2, 1, 28, 28]).multiplyAdds).toBe(2 * result.multiplyAdds);
    net.dispose();
  });

  test('counts a GPT, whose head shares the table', () => {
    const [C, T, V] = [32, 16, 50];
    const gpt = new GPT({ vocabSize: V, blockSize: T, nLayer: 2, nHead: 4, nEmbd: C, bias: false }, js);
    const result = summary(gpt, { shape: [1, T], dtype: 'int32' });
    const row = (name: string) => result.rows.find((one) => one.name === name);
    const block = 12 * C * C * T + 2 * T * T * C;
    expect(row('transformer.h.1')?.multiplyAdds).toBe(block);
    expect(row('transformer.h.1.attn')?.multiplyAdds).toBe(4 * C * C * T + 2 * T * T * C);
    expect(row('lm_head')).toMatchObject({ multiplyAdds: C * V * T, parameters: 0, tiedParameters: V * C });
    expect(result.multiplyAdds).toBe(2 * block + C * V * T);
    expect(result.parameters).toBe(gpt.parameterCount());
    expect(String(result)).toMatch(/lm_head: Linear +\[1, 16, 50\] +tied/);
    expect(String(result)).toContain('│  ├─ h.1: Block');
    gpt.dispose();
  });

  test('writes a table', () => {
    const net = new Sequential(new Linear(784, 64, js), new ReLU(), new Linear(64, 10, js));
    (net[0] as Linear).freeze();
    const result = summary(net, [[32, 784]]);
    expect(String(result)).toBe(
      [
        'Module        Output       Parameters  Multiply-adds  Activations',
        '─────────────────────────────────────────────────────────────────',
        'Sequential    [32, 10]         50,890         1.63 M     17.3 KiB',
        '├─ 0: Linear  [32, 64]  50,240 frozen         1.61 M      8.0 KiB',
        '├─ 1: ReLU    [32, 64]              -              -      8.0 KiB',
        '└─ 2: Linear  [32, 10]            650        20.48 k      1.3 KiB',
        '─────────────────────────────────────────────────────────────────',
        'Parameters: 50,890 (650 trainable, 50,240 frozen)',
        'Multiply-adds: 1.63 M',
        'Memory: 314.0 KiB (parameters 198.8 KiB, inputs 98.0 KiB, activations 17.3 KiB)',
      ].join('\n'),
    );
    expect(String(summary(new Sequential(net), [1, 784], { depth: 1 }))).not.toContain('ReLU');
    net.dispose();
  });

  test('takes several inputs, gives tuples, and knows what was used how often', () => {
    class Model extends Module {
      readonly embedding = new Embedding(10, 3, js);
      readonly lstm = new LSTM(3, 4, { batchFirst: true, ...js });
      readonly heads = new ModuleList([new Linear(4, 2, js)]);
      readonly again = this.heads[0] as Linear;
      readonly idle = new Linear(1, 1, js);
      readonly dropout = new Dropout(0.5);

      forward(ids: Tensor, mix: Tensor): [Tensor, Tensor] {
        const [outputs] = this.lstm.forward(this.embedding.forward(ids));
        const once = this.again.forward(this.dropout.forward(outputs));
        return [once.matmul(mix), this.again.forward(outputs)];
      }
    }
    const model = new Model();
    const result = summary(model, [{ shape: [5, 6], dtype: 'int32' }, [2, 2]]);
    expect(result.inputShapes).toEqual([
      [5, 6],
      [2, 2],
    ]);
    const rows = new Map(result.rows.map((row) => [row.name, row]));
    expect(rows.get('lstm')).toMatchObject({
      outputShapes: [
        [5, 6, 4],
        [1, 5, 4],
        [1, 5, 4],
      ],
      multiplyAdds: 5 * 6 * 4 * 4 * (3 + 4),
      calls: 1,
    });
    expect(rows.get('heads.0')).toMatchObject({
      calls: 2,
      multiplyAdds: 2 * (5 * 6) * 4 * 2,
      parameters: 10,
    });
    expect(rows.get('again')).toMatchObject({ repeated: true, parameters: 0, multiplyAdds: 0 });
    expect(rows.get('idle')).toMatchObject({ calls: 0, outputShapes: [] });
    // What passes through unchanged is not counted twice.
    expect(rows.get('dropout')?.activationBytes).toBe(0);
    const own = 5 * 6 * 2 * 2;
    expect(result.multiplyAdds).toBe(own + 5 * 6 * 4 * 4 * 7 + 2 * 5 * 6 * 4 * 2);
    expect(result.parameters).toBe(model.parameterCount());
    expect(String(result)).toMatch(/again: Linear +\[5, 6, 2\] × 2 +shared/);
    expect(String(result)).toMatch(/idle: Linear +not used/);
    model.dispose();
  });

  test('computes nothing and leaves no trace', () => {
    const net = new Sequential(
      new Conv2d(1, 2, 3, js),
      new BatchNorm2d(2, js),
      new Sequential(new Dropout(0.5)),
    );
    const inner = net[2] as Sequential;
    inner.eval();
    const state = JSON.stringify(
      [...(net[1] as BatchNorm2d).namedBuffers()].map(([, value]) => [...value.dataSync()]),
    );
    const random = JSON.stringify(defaultGenerator.state());
    const programs = statistics('js');
    summary(net, [4, 1, 8, 8]);
    expect(statistics('js')).toEqual(programs);
    expect(
      JSON.stringify([...(net[1] as BatchNorm2d).namedBuffers()].map(([, value]) => [...value.dataSync()])),
    ).toBe(state);
    expect(JSON.stringify(defaultGenerator.state())).toBe(random);
    expect([net.training, (net[1] as BatchNorm2d).training, inner.training, inner[0]?.training]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([net, ...net].some((module) => Object.hasOwn(module, 'forward'))).toBe(false);
    expect(() => summary(net, [4, 3, 8, 8])).toThrow(RangeError);
    expect([net, ...net].some((module) => Object.hasOwn(module, 'forward'))).toBe(false);
    expect(net.training).toBe(true);
    scope(() => expect(net.forward(randn([2, 1, 8, 8], js)).shape).toEqual([2, 2, 6, 6]));
    net.dispose();
  });

  test('wants to know how to run what has no forward()', () => {
    class Pair extends Module {
      readonly encoder = new Linear(4, 2, js);
      readonly decoder = new Linear(2, 4, js);
    }
    const pair = new Pair();
    expect(() => summary(pair, [1, 4])).toThrow('summary: Pair has no forward()');
    const result = summary(pair, [1, 4], {
      call: (x) => pair.decoder.forward(pair.encoder.forward(x as Tensor)),
    });
    expect([result.multiplyAdds, result.parameters]).toEqual([16, 22]);
    expect(result.rows[0]?.outputShapes).toEqual([[1, 4]]);
    pair.dispose();
  });
});
