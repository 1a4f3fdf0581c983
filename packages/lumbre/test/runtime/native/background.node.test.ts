// Steps in the background: the event loop goes on, and whoever needs the device meanwhile finds everything in order.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compile, manualSeed, randn, scope, type Tensor, tensor } from '../../../src/index.ts';
import { Linear } from '../../../src/nn/index.ts';
import { SGD } from '../../../src/optim/index.ts';
import { getDevice } from '../../../src/runtime/devices.ts';
import { compilerProblem } from '../../../src/runtime/native/toolchain/compiler.ts';

const problem = compilerProblem();
const device = 'native';

/** A training step of some milliseconds, and a small one. */
function training(width: number) {
  manualSeed(3);
  const layer = new Linear(width, width, { device });
  const optimizer = new SGD(layer.parameters(), { lr: 1e-3 });
  const step = compile((x: Tensor) => {
    const loss = layer.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const dispose = () => {
    step.dispose();
    optimizer.dispose();
    layer.dispose();
  };
  return { layer, step, dispose };
}

describe.skipIf(problem)('a compiled function in the background', () => {
  test('gives what it gives at once, step by step, and overwrites state in place', async () => {
    const x = randn([64, 64], { device });
    const losses: number[][] = [];
    const weights: unknown[] = [];
    for (const inBackground of [false, true]) {
      const { layer, step, dispose } = training(64);
      const mine: number[] = [];
      for (let i = 0; i < 60; i++) {
        const loss = inBackground ? await step.async(x) : step(x);
        mine.push(await loss.item());
        loss.dispose();
      }
      losses.push(mine);
      weights.push(await layer.weight.array());
      dispose();
    }
    expect(losses[1]).toEqual(losses[0]);
    expect(weights[1]).toEqual(weights[0]);
    expect(losses[0]?.at(-1)).toBeLessThan(losses[0]?.[0] as number);
  });

  test('leaves the event loop free', async () => {
    const { step, dispose } = training(1536);
    const x = randn([1536, 1536], { device });
    for (let i = 0; i < 3; i++) (await step.async(x)).dispose();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const start = performance.now();
    const running = step.async(x);
    // The call comes back long before the step is over.
    const called = performance.now() - start;
    const loss = await running;
    const took = performance.now() - start;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    expect(called).toBeLessThan(took);
    loss.dispose();
    dispose();
  });

  test('several at a time run in the order in which they were asked for', async () => {
    const alone = training(64);
    const together = training(64);
    const x = randn([64, 64], { device });
    const expected: number[] = [];
    for (let i = 0; i < 40; i++) expected.push(await alone.step(x).item());
    const asked: Promise<Tensor>[] = [];
    for (let i = 0; i < 40; i++) asked.push(together.step.async(x));
    const losses = await Promise.all(asked);
    expect(await Promise.all(losses.map((loss) => loss.item()))).toEqual(expected);
    alone.dispose();
    together.dispose();
  });

  test('whoever reads, uploads, computes or disposes meanwhile waits, and finds the new values', async () => {
    const { layer, step, dispose } = training(256);
    const x = randn([256, 256], { device });
    for (let i = 0; i < 40; i++) (await step.async(x)).dispose();
    const before = layer.weight.dataSync().slice();
    const running = step.async(x);
    const after = layer.weight.dataSync();
    expect(after).not.toEqual(before);
    const second = step.async(x);
    const doubled = layer.weight.mul(2).dataSync();
    const fresh = tensor([1, 2, 3], { device });
    expect(layer.weight.mul(2).dataSync()).toEqual(doubled);
    expect(fresh.dataSync()).toEqual(Float32Array.of(1, 2, 3));
    for (const loss of await Promise.all([running, second])) loss.dispose();
    dispose();
  });

  test('what it makes belongs to nobody who opens a scope or traces meanwhile', async () => {
    const { layer, step, dispose } = training(256);
    const alone = training(256);
    const x = randn([256, 256], { device });
    for (let i = 0; i < 40; i++) (await step.async(x)).dispose();
    for (let i = 0; i < 43; i++) alone.step(x).dispose();
    const running = step.async(x);
    // Asks for the weight in its scope, and for its value in a trace.
    const doubled = scope(() => layer.weight.mul(2).sum());
    const second = step.async(x);
    const other = compile((y: Tensor) => layer.weight.add(y).sum());
    const traced = other(tensor([1], { device }));
    const third = step.async(x);
    const again = other(tensor([1], { device }));
    for (const loss of await Promise.all([running, second, third])) {
      expect(await loss.item()).toBeGreaterThan(0);
      loss.dispose();
    }
    expect(layer.weight.dataSync()).toEqual(alone.layer.weight.dataSync());
    for (const value of [doubled, traced, again]) expect(Number.isFinite(await value.item())).toBe(true);
    other.dispose();
    alone.dispose();
    dispose();
  });

  test('an index out of range is an error of the promise, and nothing is changed', async () => {
    const table = randn([50, 64], { device });
    const embed = compile((ids: Tensor) => {
      const rows = table.indexSelect(0, ids).mul(2);
      table.assign(table.add(rows.sum()));
      return rows;
    });
    const good = tensor(
      Int32Array.from({ length: 4000 }, (_, i) => i % 50),
      { device },
    );
    const bad = tensor(
      Int32Array.from({ length: 4000 }, (_, i) => (i === 17 ? 50 : 3)),
      { device },
    );
    for (let i = 0; i < 40; i++) (await embed.async(good)).dispose();
    const before = table.dataSync().slice();
    await expect(embed.async(bad)).rejects.toThrow(/50/);
    expect(table.dataSync()).toEqual(before);
    await sleep(1);
    expect(getDevice(device).memory().liveBytes).toBeGreaterThan(0);
    embed.dispose();
  });

  test('is not for the inside of another', async () => {
    const inner = compile((x: Tensor) => x.mul(2));
    await expect(
      (async () => {
        const results: Promise<Tensor>[] = [];
        const f = compile((x: Tensor) => {
          results.push(inner.async(x));
          return x.add(1);
        });
        f(randn([2], { device }));
        await results[0];
      })(),
    ).rejects.toThrow(/inside a compiled function/);
    inner.dispose();
  });
});
