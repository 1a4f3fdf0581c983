// The update of a weight at the end of its gradient's product, written over the old weight: with products of several blocks
// in depth, rows and columns, against the oracle, which overwrites nothing.
import { describe, expect, test } from 'vitest';
import { compile, deviceNames, type Tensor, tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import { AdamW, SGD } from '../../src/optim/index.ts';
import { getDevice } from '../../src/runtime/devices.ts';

const waves = (length: number, scale: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7) * scale);

type Kind = 'AdamW' | 'SGD';

/** Weights after some steps of a layer [depth, columns] on as many rows. */
async function train(device: string, kind: Kind, [rows, depth, columns]: readonly number[]) {
  const [r, d, c] = [rows, depth, columns] as [number, number, number];
  const weight = parameter(tensor(waves(c * d, 0.5), { shape: [c, d], device }));
  const x = tensor(waves(r * d, 1), { shape: [r, d], device });
  const target = tensor(waves(r * c, 2), { shape: [r, c], device });
  const optimizer =
    kind === 'AdamW' ? new AdamW([weight], { lr: 0.05 }) : new SGD([weight], { lr: 0.05, momentum: 0.9 });
  const step = compile((a: Tensor, b: Tensor) => {
    const loss = a.matmul(weight.T).sub(b).square().mean();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  // The second run is a replay; on the native device a later one is machine code.
  for (let i = 0; i < 5; i++) step(x, target).dispose();
  const bytes = getDevice(device).memory().liveBytes;
  for (let i = 0; i < 3; i++) step(x, target).dispose();
  expect(getDevice(device).memory().liveBytes).toBe(bytes);
  const result = await weight.data();
  for (const used of [step, optimizer, x, target, weight]) used.dispose();
  return result;
}

const sizes = [
  [300, 70, 90],
  [520, 33, 130],
  [64, 128, 64],
  [7, 5, 3],
];

describe.each(deviceNames().filter((name) => name !== 'js'))('on %s', (device) => {
  test.each(sizes.flatMap((size) => (['AdamW', 'SGD'] as const).map((kind) => ({ size, kind }))))(
    '$kind of $size',
    async ({ size, kind }) => {
      const expected = await train('js', kind, size);
      const actual = await train(device, kind, size);
      expect(actual.length).toBe(expected.length);
      actual.forEach((value, i) => {
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(2e-4);
      });
    },
  );
});
