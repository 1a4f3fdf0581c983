import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/index.ts';
import { modeSeekingPenalty } from '../../src/models/images/index.ts';

describe('modeSeekingPenalty', () => {
  test('how far noise is apart for how far pictures are', async () => {
    const z = tensor([
      [0, 1],
      [2, 2],
      [1, -1],
      [4, 2],
    ]);
    const fake = tensor([
      [1, 0, 0],
      [0, 0.5, 0],
      [0, 0, 0],
      [0, 0.5, 1],
    ]);
    // |z₁ − z₃| + |z₂ − z₄| is 1 + 2 + 2 + 0 over four numbers; the pictures differ by 1 + 1 over six.
    expect(await modeSeekingPenalty(z, fake).item()).toBeCloseTo(5 / 4 / (2 / 6 + 1e-5), 4);
  });

  test('grows without bound where all pictures are one, and pulls them apart', async () => {
    const z = tensor([[-1], [1]]);
    const nearly = tensor([[0.5], [0.501]], { requiresGrad: true });
    const penalty = modeSeekingPenalty(z, nearly);
    penalty.backward();
    expect(await penalty.item()).toBeGreaterThan(1000);
    const [first, second] = (await (nearly.grad as Tensor).data()) as Float32Array;
    // Down the gradient the smaller becomes smaller and the larger larger.
    expect(first).toBeGreaterThan(0);
    expect(second).toBeLessThan(0);
  });

  test('a single picture has nothing to differ from', () => {
    expect(() => modeSeekingPenalty(tensor([[1]]), tensor([[1]]))).toThrow(/batch of at least 2/);
  });
});
