import { expect, test } from 'vitest';
import { Generator, noGrad, randn, scope, type Tensor } from '../../src/index.ts';
import { Conv2d, ConvTranspose2d, Linear } from '../../src/nn/index.ts';
import { spectralNorm } from '../../src/nn/spectralNorm.ts';

/** The largest singular value, by the eigenvalues' power iteration on w·wᵀ, long enough. */
function largest(matrix: Tensor): number {
  const square = matrix.matmul(matrix.T);
  let vector = randn([square.shape[0] as number], { generator: new Generator(9) });
  for (let i = 0; i < 50; i++) vector = square.matmul(vector).normalize(0).realize();
  return Math.sqrt(vector.mul(square.matmul(vector)).sum().dataSync()[0] as number);
}

test('the largest singular value of a weight is 1, after a few passes at the latest', () => {
  const generator = new Generator(1);
  const layers = [
    [new Linear(12, 7, { generator }), [2, 12], 0],
    [new Conv2d(3, 5, 3, { generator }), [2, 3, 4, 4], 0],
    [new ConvTranspose2d(3, 5, 2, { generator }), [2, 3, 4, 4], 1],
  ] as const;
  for (const [layer, shape, dim] of layers) {
    scope(() => {
      const x = randn(shape, { generator });
      const plain = noGrad(() => layer.forward(x)).realize();
      const bounded = spectralNorm(layer as Linear, { generator, dim });
      expect(bounded).toBe(layer);
      expect([...layer.stateDict().keys()].sort()).toEqual(['bias', 'weight_orig', 'weight_u', 'weight_v']);
      expect(layer.parameters()).toHaveLength(2);
      noGrad(() => {
        for (let i = 0; i < 30; i++) layer.forward(x).realize();
        const matrix = layer.weight.movedim(dim, 0).flatten(1);
        expect(largest(matrix)).toBeCloseTo(1, 3);
        // What it does otherwise is the layer's.
        const [w, b] = [layer.stateDict().get('weight_orig') as Tensor, layer.bias as Tensor];
        const bias = b.reshape(-1, ...shape.slice(2).map(() => 1));
        const scale = w.norm().div(layer.weight.norm());
        const back = layer.forward(x).sub(bias).mul(scale).add(bias);
        expect(back.sub(plain).abs().max().dataSync()[0]).toBeLessThan(1e-4);
      });
      layer.eval();
      const before = [...((layer.stateDict().get('weight_u') as Tensor).dataSync() as Float32Array)];
      noGrad(() => layer.forward(x)).realize();
      expect([...((layer.stateDict().get('weight_u') as Tensor).dataSync() as Float32Array)]).toEqual(before);
      layer.dispose();
    });
  }
});
