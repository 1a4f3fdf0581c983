import { describe, expect, test } from 'vitest';
import { cat, conv2d, einsum, noGrad, randn, type Tensor, tensor, where } from '../../src/index.ts';
import { normalize } from '../../src/schedule/normalize.ts';
import { plan } from '../../src/schedule/plan.ts';
import { kernelNames } from '../support/kernels.ts';

/** The kernels of what computes these tensors, by kind. A lost fusion shows here first; see also `networks.test.ts`. */
const kernels = (...outputs: Tensor[]): string => kernelNames(...outputs).join(' ');

const data = (...shape: number[]) => randn(shape).realize();
const parameter = (...shape: number[]) => {
  const value = data(...shape);
  value.requiresGrad = true;
  return value;
};
const layerNorm = (x: Tensor, weight: Tensor) => {
  const centered = x.sub(x.mean(-1, { keepdim: true }));
  return centered.mul(centered.square().mean(-1, { keepdim: true }).add(1e-5).rsqrt()).mul(weight);
};

describe('kernels of canonical graphs', () => {
  const cases: Record<string, [expected: string, make: () => Tensor[]]> = {
    'a chain of elementwise ops': ['map', () => [data(64, 64).mul(2).add(1).tanh().sub(data(64, 64))]],
    'broadcasting a bias': ['map', () => [data(64, 32).add(data(32)).relu()]],
    'views and copies': ['map', () => [data(4, 8, 16).permute([2, 0, 1]).reshape([16, 32]).flip([0]).add(1)]],
    'concatenation with what makes its parts': [
      'map',
      () => [cat([data(8, 16).exp(), data(8, 4), data(8, 12).mul(2)], 1)],
    ],
    'a sum over everything': ['rows', () => [data(64, 64).square().sum()]],
    'a mean over columns': ['rows', () => [data(64, 64).mean(0)]],
    'a mean and what uses it': ['rows', () => [((x) => x.sub(x.mean(-1, { keepdim: true })))(data(64, 64))]],
    softmax: ['rows', () => [data(64, 64).softmax(-1)]],
    'a scaled and masked softmax': [
      'rows',
      () => [where(tensor([[true, false]]).expand([64, 2]), data(64, 2).mul(0.5), -Infinity).softmax(-1)],
    ],
    logSoftmax: ['rows', () => [data(64, 64).logSoftmax(-1)]],
    'layer norm': ['rows', () => [layerNorm(data(64, 32), data(32))]],
    'a residual and layer norm': ['rows', () => [layerNorm(data(64, 32).add(data(64, 32)), data(32))]],
    'cross-entropy': ['rows rows', () => [data(64, 10).crossEntropy(tensor(new Int32Array(64)))]],
    'a linear layer': ['dot', () => [data(64, 32).matmul(data(16, 32).T).add(data(16)).gelu()]],
    'a vector times a matrix': ['rows', () => [data(1, 32).matmul(data(16, 32).T)]],
    attention: [
      'dot rows dot',
      () => {
        const [q, k, v] = data(2, 16, 3 * 32)
          .split(32, -1)
          .map((t) => t.reshape([2, 16, 4, 8]).permute([0, 2, 1, 3])) as [Tensor, Tensor, Tensor];
        return [q.matmul(k.transpose(-1, -2)).mul(0.25).softmax(-1).matmul(v)];
      },
    ],
    'an embedding': [
      'map',
      () => [
        data(64, 16)
          .indexSelect(0, tensor(new Int32Array(8)))
          .add(data(8, 16)),
      ],
    ],
    'a 1x1 convolution of one image: a product in place': [
      'dot',
      () => [conv2d(data(1, 8, 6, 6), data(4, 8, 1, 1))],
    ],
    'a convolution with bias and activation': [
      'dot',
      () => [conv2d(data(4, 3, 8, 8), data(8, 3, 3, 3), { padding: 1, bias: data(8) }).relu()],
    ],
    'a convolution of small images, side by side': [
      'dot map',
      () => [conv2d(data(4, 3, 5, 5), data(8, 3, 3, 3), { padding: 1, bias: data(8) }).relu()],
    ],
    'a depthwise convolution: sums over windows': [
      'rows',
      () => [conv2d(data(4, 8, 8, 8), data(8, 1, 3, 3), { padding: 1, groups: 8, bias: data(8) })],
    ],
    'a product by names, of any order': [
      'dot',
      () => [einsum('bihd,bjhd->bhij', data(2, 16, 4, 8), data(2, 16, 4, 8))],
    ],
    'a product by names whose result is transposed': [
      'dot',
      () => [einsum('ij,jk->ki', data(8, 16), data(16, 4))],
    ],
    argmax: ['argmax', () => [data(8, 8).argmax(-1)]],
  };
  test.each(Object.entries(cases))('%s', (_, [expected, make]) => {
    expect(kernels(...make())).toBe(expected);
  });

  const gradients: Record<string, [expected: string, make: () => [Tensor, Tensor[]]]> = {
    'of softmax': [
      'rows',
      () => {
        const x = parameter(64, 64);
        return [x.softmax(-1).mul(data(64, 64)).sum(), [x]];
      },
    ],
    'of layer norm with respect to its input': [
      'rows',
      () => {
        const x = parameter(64, 32);
        return [layerNorm(x, data(32)).mul(data(64, 32)).sum(), [x]];
      },
    ],
    // The map is the share of one row in the mean: a single number.
    'of cross-entropy': [
      'map rows',
      () => {
        const x = parameter(64, 10);
        return [x.crossEntropy(tensor(new Int32Array(64))), [x]];
      },
    ],
    // The output's gradient gets no zeros between its elements, and windows of it are not made.
    'of a convolution with respect to its input': [
      'map dot rows',
      () => {
        const x = parameter(4, 3, 9, 9);
        const y = conv2d(x, data(8, 3, 3, 3), { stride: 2, padding: 1 });
        return [y.mul(data(4, 8, 5, 5)).sum(), [x]];
      },
    ],
    'of a convolution with respect to its weight': [
      'map dot',
      () => {
        const w = parameter(8, 3, 3, 3);
        const y = conv2d(data(4, 3, 9, 9), w, { stride: 2, padding: 1 });
        return [y.mul(data(4, 8, 5, 5)).sum(), [w]];
      },
    ],
    'of parts of one tensor': [
      'map',
      () => {
        const x = parameter(8, 12);
        const [a, b, c] = x.split(4, 1) as [Tensor, Tensor, Tensor];
        return [
          a
            .mul(data(8, 4))
            .add(b.mul(data(8, 4)))
            .add(c)
            .sum(),
          [x],
        ];
      },
    ],
  };
  test.each(Object.entries(gradients))('the gradient %s', (_, [expected, make]) => {
    const [loss, inputs] = make();
    loss.backward();
    expect(kernels(...inputs.map(({ grad }) => grad as Tensor))).toBe(expected);
  });

  test('an update of AdamW: one kernel for the parameter and both means', () => {
    const [w, g, m, v] = [data(64, 64), data(64, 64), data(64, 64), data(64, 64)];
    noGrad(() => {
      const mean = m.mul(0.9).add(g.mul(0.1));
      const square = v.mul(0.99).add(g.square().mul(0.01));
      expect(kernels(w.mul(0.99).sub(mean.div(square.sqrt().add(1e-8)).mul(1e-3)), mean, square)).toBe('map');
    });
  });

  test('a sum that grows along a network is not read again from the start', () => {
    let x = data(64, 32);
    const seen: Tensor[] = [];
    for (let layer = 0; layer < 12; layer++) {
      x = x.add(layerNorm(x, data(32)).matmul(data(32, 32)));
      seen.push(x.tanh());
    }
    const { groups, isLoaded } = plan(normalize(seen.map(({ node }) => node)));
    const most = Math.max(
      ...groups.map(({ roots }) => {
        const loaded = new Set();
        const visit = (node: (typeof roots)[number]): void => {
          for (const source of node.sources) {
            if (isLoaded(source) && !roots.includes(source)) loaded.add(source);
            else visit(source);
          }
        };
        for (const root of roots) visit(root);
        return loaded.size;
      }),
    );
    expect(most).toBeLessThanOrEqual(6);
  });
});
