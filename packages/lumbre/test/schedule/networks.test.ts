import { describe, expect, test } from 'vitest';
import {
  avgPool2d,
  cat,
  compile,
  conv2d,
  maxPool2d,
  noGrad,
  randint,
  randn,
  scaledDotProductAttention,
  type Tensor,
  tensor,
} from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import { crossEntropy, KeyValueCache } from '../../src/nn/index.ts';
import { AdamW, type GroupSettings, type Optimizer, SGD } from '../../src/optim/index.ts';
import { kernelNames } from '../support/kernels.ts';

const data = (...shape: number[]) => randn(shape).realize();
const parameter = (...shape: number[]) => {
  const value = data(...shape);
  value.requiresGrad = true;
  return value;
};
const ids = (high: number, ...shape: number[]) => randint(0, high, shape).realize();
const column = { keepdim: true } as const;

const rmsNorm = (x: Tensor, weight: Tensor) =>
  x.mul(x.square().mean(-1, column).add(1e-5).rsqrt()).mul(weight);

const batchNorm = (x: Tensor, weight: Tensor, bias: Tensor) => {
  const axes = [0, 2, 3];
  const centered = x.sub(x.mean(axes, column));
  const normed = centered.mul(centered.square().mean(axes, column).add(1e-5).rsqrt());
  return normed.mul(weight.reshape([-1, 1, 1])).add(bias.reshape([-1, 1, 1]));
};

/** Rotary position embeddings (Su et al., arXiv:2104.09864), halves turned together. */
const rotate = (x: Tensor, cos: Tensor, sin: Tensor) => {
  const [a, b] = x.chunk(2, -1) as [Tensor, Tensor];
  return x.mul(cos).add(cat([b.neg(), a], -1).mul(sin));
};

const mlp = (x: Tensor, [w1, b1, w2, b2]: readonly [Tensor, Tensor, Tensor, Tensor]) =>
  x.matmul(w1.T).add(b1).gelu().matmul(w2.T).add(b2);

/** Kernels in order; `dot×3` for three in a row. */
function summary(names: readonly string[]): string {
  const runs: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count++;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${name}×${count}`)).join(' ');
}

/** The gradients of the sum of `y` times something, which is not ones. */
function gradientsOf(y: Tensor, inputs: readonly Tensor[]): Tensor[] {
  y.mul(data(...y.shape))
    .sum()
    .backward();
  return inputs.map(({ grad }) => grad as Tensor);
}

describe('kernels of canonical graphs', () => {
  const cases: Record<string, [expected: string, make: () => readonly Tensor[]]> = {
    'a linear layer and gelu': ['dot', () => [data(2, 16, 32).matmul(data(64, 32).T).add(data(64)).gelu()]],
    'a linear layer of one row and silu': [
      'rows',
      () => [data(1, 32).matmul(data(64, 32).T).add(data(64)).silu()],
    ],
    'a network of two layers': [
      'dot×2',
      () => [mlp(data(64, 32), [data(128, 32), data(128), data(32, 128), data(32)])],
    ],
    'a gated network': [
      'dot×3',
      () => {
        const x = data(64, 32);
        return [
          x
            .matmul(data(96, 32).T)
            .silu()
            .mul(x.matmul(data(96, 32).T))
            .matmul(data(32, 96).T)
            .add(x),
        ];
      },
    ],
    'the gradients of a network of two layers': [
      'map rows dot×3 rows dot',
      () => {
        const weights = [parameter(128, 32), parameter(128), parameter(32, 128), parameter(32)] as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        return gradientsOf(mlp(data(64, 32), weights), weights);
      },
    ],
    'a convolution, a bias, relu': [
      'dot',
      () => [conv2d(data(8, 3, 16, 16), data(16, 3, 3, 3), { bias: data(16), padding: 1 }).relu()],
    ],
    'both gradients of a convolution': [
      'map dot×2 rows',
      () => {
        const [x, w] = [parameter(4, 8, 12, 12), parameter(16, 8, 3, 3)];
        return gradientsOf(conv2d(x, w, { padding: 1 }), [x, w]);
      },
    ],
    'all gradients of a convolution with bias and relu': [
      'dot×2 rows dot rows',
      () => {
        const [x, w, bias] = [parameter(4, 8, 12, 12), parameter(16, 8, 3, 3), parameter(16)];
        return gradientsOf(conv2d(x, w, { padding: 1, bias }).relu(), [x, w, bias]);
      },
    ],
    'max pooling': ['rows', () => [maxPool2d(data(2, 4, 8, 8), 2)]],
    'max pooling, its gradient': [
      'rows map',
      () => {
        const x = parameter(2, 4, 8, 8);
        return gradientsOf(maxPool2d(x, 2), [x]);
      },
    ],
    'overlapping max pooling, its gradient': [
      'rows×2',
      () => {
        const x = parameter(2, 4, 9, 9);
        return gradientsOf(maxPool2d(x, 3, { stride: 2 }), [x]);
      },
    ],
    'average pooling, its gradient': [
      'map×2',
      () => {
        const x = parameter(2, 4, 8, 8);
        return gradientsOf(avgPool2d(x, 2), [x]);
      },
    ],
    'batch norm': ['rows map', () => [batchNorm(data(8, 4, 6, 6), data(4), data(4))]],
    'batch norm, its gradients': [
      'rows map rows map rows',
      () => {
        const [x, weight, bias] = [parameter(8, 4, 6, 6), parameter(4), parameter(4)];
        return gradientsOf(batchNorm(x, weight, bias), [x, weight, bias]);
      },
    ],
    'RMS norm': ['rows', () => [rmsNorm(data(64, 32), data(32))]],
    'a residual and RMS norm, both wanted': [
      'rows',
      () => {
        const x = data(64, 32).add(data(64, 32));
        return [x, rmsNorm(x, data(32))];
      },
    ],
    'RMS norm, its gradients': [
      'rows×2',
      () => {
        const [x, weight] = [parameter(64, 32), parameter(32)];
        return gradientsOf(rmsNorm(x, weight), [x, weight]);
      },
    ],
    'attention of a projection': [
      'attention map',
      () => {
        const [q, k, v] = data(2, 70, 96).reshape([2, 70, 3, 4, 8]).permute([2, 0, 3, 1, 4]).unbind() as [
          Tensor,
          Tensor,
          Tensor,
        ];
        return [scaledDotProductAttention(q, k, v, { isCausal: true }).transpose(1, 2).reshape([2, 70, 32])];
      },
    ],
    'attention, its gradients': [
      'attention rows attentionGradient',
      () => {
        const inputs = [parameter(8, 70, 8), parameter(8, 70, 8), parameter(8, 70, 8)] as const;
        return gradientsOf(scaledDotProductAttention(...inputs, { isCausal: true }), inputs);
      },
    ],
    'attention of a projection, the gradient of that': [
      'attention rows attentionGradient map',
      () => {
        const x = parameter(2, 70, 96);
        const [q, k, v] = x.reshape([2, 70, 3, 4, 8]).permute([2, 0, 3, 1, 4]).unbind() as [
          Tensor,
          Tensor,
          Tensor,
        ];
        return gradientsOf(scaledDotProductAttention(q, k, v, { isCausal: true }), [x]);
      },
    ],
    'rotary embeddings': ['map', () => [rotate(data(2, 4, 16, 8), data(16, 8), data(16, 8))]],
    'rotary embeddings, their gradient': [
      'map',
      () => {
        const x = parameter(2, 4, 16, 8);
        return gradientsOf(rotate(x, data(16, 8), data(16, 8)), [x]);
      },
    ],
    'an embedding, its gradient': [
      'scatterAdd',
      () => {
        const table = parameter(50, 16);
        return gradientsOf(table.indexSelect(0, ids(50, 24)), [table]);
      },
    ],
    'log-softmax and the likelihood, its gradient': [
      'map scatterAdd rows',
      () => {
        const x = parameter(64, 10);
        x.logSoftmax(-1)
          .gather(1, ids(10, 64, 1))
          .mean()
          .neg()
          .backward();
        return [x.grad as Tensor];
      },
    ],
    'cross-entropy of a linear layer, its gradients': [
      'map dot rows dot×2',
      () => {
        const [x, w] = [parameter(64, 32), parameter(50, 32)];
        x.matmul(w.T).crossEntropy(ids(50, 64)).backward();
        return [x.grad as Tensor, w.grad as Tensor];
      },
    ],
    cumsum: ['accumulate', () => [data(8, 100).cumsum(-1)]],
    'cumsum of what is computed': ['accumulate map', () => [data(8, 100).exp().cumsum(-1).mul(2)]],
    'cumsum, its gradient': [
      'accumulate',
      () => {
        const x = parameter(8, 100);
        return gradientsOf(x.cumsum(-1), [x]);
      },
    ],
    sort: ['argsort map', () => Object.values(data(8, 100).sort(-1))],
    'top k': ['argsort map', () => Object.values(data(8, 100).topk(5))],
    dropout: ['map', () => [data(64, 32).dropout(0.1, true)]],
    'dropout after a linear layer and before a residual': [
      'map dot',
      () => [data(64, 32).matmul(data(32, 32)).dropout(0.1, true).add(data(64, 32))],
    ],
    'dropout, its gradient': [
      'map',
      () => {
        const x = parameter(64, 32);
        return gradientsOf(x.mul(2).dropout(0.1, true), [x]);
      },
    ],
    'mean and variance': ['rows×2', () => [data(64, 64).var(-1), data(64, 64).std()]],
    'the norm of gradients and their clipping': [
      'rows×3 map×2',
      () => {
        const list = [data(64, 32), data(32), data(16, 16)];
        const norm = list
          .map((g) => g.square().sum())
          .reduce((a, b) => a.add(b))
          .sqrt();
        return list.map((g) => g.mul(norm.reciprocal().clamp({ max: 1 })));
      },
    ],
  };
  test.each(Object.entries(cases))('%s', (_, [expected, make]) => {
    expect(summary(kernelNames(...make()))).toBe(expected);
  });
});

/** The kernels of a function that has been compiled and called once. */
function compiledKernels(fn: () => Tensor | undefined): string {
  const step = compile(fn);
  step()?.dispose();
  const [report] = step.explain();
  const names = report?.kernels.map(({ name }) => name) ?? [];
  step.dispose();
  return summary(names);
}

describe('kernels of whole steps', () => {
  const config = { vocabSize: 61, blockSize: 40, nLayer: 1, nHead: 2, nEmbd: 16 };

  /** Forward, backward and update. */
  function trainingStep(
    params: readonly Tensor[],
    optimizer: Optimizer<GroupSettings>,
    loss: () => Tensor,
  ): string {
    const names = compiledKernels(() => {
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      optimizer.step();
      return value;
    });
    optimizer.dispose();
    for (const param of params) param.grad = null;
    return names;
  }

  test('a network of two layers, trained with AdamW', () => {
    const params = [parameter(128, 32), parameter(128), parameter(10, 128), parameter(10)] as const;
    const [x, y] = [data(64, 32), ids(10, 64)];
    expect(trainingStep(params, new AdamW(params), () => mlp(x, [...params]).crossEntropy(y))).toBe(
      'dot×2 map rows×3 dot rows dot×2',
    );
  });

  test('a linear layer, trained with SGD and momentum', () => {
    const params = [parameter(10, 32), parameter(10)] as const;
    const [x, y] = [data(64, 32), data(64, 10)];
    const loss = () => x.matmul(params[0].T).add(params[1]).sub(y).square().mean();
    expect(trainingStep(params, new SGD(params, { momentum: 0.9 }), loss)).toBe('map dot rows×2 dot');
  });

  test('a block of a transformer', () => {
    const model = new GPT(config);
    const x = data(2, 40, 16);
    const [block] = model.transformer.h;
    expect(noGrad(() => compiledKernels(() => block?.forward(x, {})))).toBe(
      'rows dot attention dot rows dot×2',
    );
    model.dispose();
  });

  test('a GPT of one layer', () => {
    const model = new GPT(config);
    const tokens = ids(61, 2, 40);
    expect(noGrad(() => compiledKernels(() => model.forward(tokens)))).toBe(
      'rows dot attention dot rows dot×2 rows dot',
    );
    model.dispose();
  });

  test('a GPT of one layer, trained with AdamW', () => {
    const model = new GPT(config);
    const [tokens, targets] = [ids(61, 2, 40), ids(61, 2, 40)];
    const optimizer = new AdamW(model.parameterGroups(0.1));
    const loss = () => crossEntropy(model.forward(tokens), targets);
    expect(trainingStep(model.parameters(), optimizer, loss)).toBe(
      'rows dot attention dot rows dot×2 rows dot map rows×2 dot rows×4 dot rows dot rows×4 dot rows attentionGradient map rows dot rows×4 scatterAdd dot×5',
    );
    model.dispose();
  });

  test('a token of a GPT that looks back at a cache', () => {
    const model = new GPT(config);
    const token = tensor([[5]], { dtype: 'int32' });
    const positions = tensor([7], { dtype: 'int32' });
    const cache = new KeyValueCache([1, 2, 40, 8]);
    expect(noGrad(() => compiledKernels(() => model.forward(token, { positions, caches: [cache] })))).toBe(
      'rows×2 attention rows×7 map scatterSet×2',
    );
    cache.dispose();
    model.dispose();
  });
});
