import { expect, test } from 'vitest';
import {
  compile,
  deviceNames,
  Generator,
  MetaReadError,
  randn,
  tensor,
  withMetaDevice,
} from '../../../src/index.ts';
import { Linear, mseLoss } from '../../../src/nn/index.ts';
import { AdamW } from '../../../src/optim/index.ts';
import { getDevice } from '../../../src/runtime/devices.ts';

test('holds models of any size, and tells what they would take', async () => {
  await withMetaDevice(async (device) => {
    const before = device.memory().liveBytes;
    const model = new Linear(50_000, 50_000, { device: device.name });
    expect(device.memory().liveBytes - before).toBe(4 * (50_000 ** 2 + 50_000));
    model.dispose();
    expect(device.memory().liveBytes).toBe(before);
  });
});

test('a step of training takes what it takes on wasm', async () => {
  const run = (device: string, read: () => { readonly liveBytes: number; readonly peakBytes: number }) => {
    const before = read().liveBytes;
    const model = new Linear(1200, 800, { device, generator: new Generator(1) });
    const optimizer = new AdamW(model.parameters(), { lr: 0.1 });
    const step = compile(() => {
      const x = randn([64, 1200], { device, generator: new Generator(2) });
      const loss = mseLoss(model.forward(x).tanh(), x.narrow(-1, 0, 800));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    step().dispose();
    const { liveBytes, peakBytes } = read();
    for (const used of [step, optimizer, model]) used.dispose();
    return { live: liveBytes - before, peak: peakBytes - before };
  };
  const wasm = run('wasm', () => getDevice('wasm').memory());
  const meta = await withMetaDevice(async (device) => run(device.name, () => device.memory()));
  // Weights and two moments of each, and no more: blocks of wasm are whole cache lines.
  expect(Math.abs(meta.live - wasm.live)).toBeLessThan(4096);
  expect(meta.live).toBeGreaterThanOrEqual(3 * 4 * (1200 * 800 + 800));
  // Beside the arena, wasm counts its tables and what kernels keep for themselves.
  expect(meta.peak / wasm.peak).toBeGreaterThan(0.8);
  expect(meta.peak / wasm.peak).toBeLessThan(1.05);
});

test('has no values, says so, and is gone afterwards', async () => {
  let name = '';
  await withMetaDevice(async (device) => {
    name = device.name;
    expect(deviceNames()).not.toContain(name);
    const t = tensor([1, 2], { device: name });
    expect(() => t.add(1).dataSync()).toThrow(MetaReadError);
    await expect(t.item()).rejects.toThrow();
    t.dispose();
  });
  expect(() => getDevice(name)).toThrow(/There is no device/);
});
