import { readFileSync } from 'node:fs';
import { noGrad, scope, tensor } from 'lumbre';
import { readSafetensors } from 'lumbre/hub';
import { CNN } from 'lumbre/models';
import { describe, expect, it } from 'vitest';
import { centreDrawing, drawDigit, makeDigits, randomNumbers } from '../../src/exhibits/support/digits.ts';

describe('digits drawn by rules', () => {
  it('are the same for the same seed, and others for another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => makeDigits(20, seed, { size: 16 }));
    expect(a?.pixels).toEqual(b?.pixels);
    expect(a?.labels).toEqual(b?.labels);
    expect(a?.pixels).not.toEqual(c?.pixels);
  });

  it('are as many of each, ink from 0 to 1, and clear of the edge', () => {
    const { pixels, labels, count, size } = makeDigits(100, 5, { size: 20 });
    for (let digit = 0; digit < 10; digit++)
      expect(labels.filter((label) => label === digit)).toHaveLength(10);
    for (let i = 0; i < count; i++) {
      const digit = pixels.subarray(i * size * size, (i + 1) * size * size);
      expect(Math.max(...digit)).toBeGreaterThan(0.9);
      expect(Math.min(...digit)).toBe(0);
      for (let at = 0; at < size; at++) expect(digit[at] ?? 1).toBe(0);
    }
  });

  it('are read by a network that learnt from the digits of people', () => {
    const network = new CNN({
      imageSize: 28,
      channels: 1,
      classes: 10,
      widths: [32, 64],
      kernelSize: 5,
      hidden: 64,
    }).eval();
    const bytes = readFileSync(
      new URL('../../../../packages/lumbre/zoo/mnist-cnn/model.safetensors', import.meta.url),
    );
    const stored = readSafetensors(bytes).tensors;
    network.loadStateDict(
      new Map([...stored].map(([name, { data, shape }]) => [name, tensor(data, { shape })])),
    );
    const { pixels, labels, count } = makeDigits(200, 3, { size: 28 });
    const right = scope(() =>
      noGrad(() =>
        network
          .forward(tensor(pixels, { shape: [count, 1, 28, 28] }))
          .argmax(1)
          .eq(tensor(labels))
          .to('float32')
          .mean()
          .itemSync(),
      ),
    );
    network.dispose();
    expect(right).toBeGreaterThan(0.96);
  });

  it('a drawing in a corner is moved to the middle and keeps its form', () => {
    const size = 40;
    const small = drawDigit(4, randomNumbers(1), { size: 20 });
    const corner = new Float32Array(size * size);
    for (let row = 0; row < 20; row++) corner.set(small.subarray(row * 20, row * 20 + 20), row * size);
    const centred = centreDrawing(corner, size, 20) as Float32Array;
    let [dot, a, b] = [0, 0, 0];
    small.forEach((ink, i) => {
      dot += ink * (centred[i] ?? 0);
      a += ink * ink;
      b += (centred[i] ?? 0) ** 2;
    });
    expect(dot / Math.sqrt(a * b)).toBeGreaterThan(0.93);
    expect(centreDrawing(new Float32Array(size * size), size)).toBeNull();
  });
});
