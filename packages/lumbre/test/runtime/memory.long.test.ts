import { describe, expect, test } from 'vitest';
import { arange, memory, randn, scope, type Tensor, tensor } from '../../src/index.ts';
import type { WasmStorage } from '../../src/runtime/wasm/storage.ts';
import { storageOf } from '../../src/tensor/realize.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const device = 'wasm';
const address = (t: Tensor) => (storageOf(t.node) as WasmStorage).address;

/** Holds `bytes` of the device in one tensor, which is written once. */
const hold = (bytes: number): Tensor => tensor(new Uint8Array(bytes).fill(7), { device }).realize();

/** What kernels of every kind give for tensors that lie where memory is handed out now. */
function results(): number[][] {
  return scope(() => {
    const from = (t: Tensor) => t.realize();
    const x = from(arange(4096, { device }).to('float32').reshape([64, 64]).mul(0.001));
    const y = from(x.mT.add(1));
    const ids = from(tensor([3, 60, 3], { dtype: 'int32', device }));
    const outputs = [
      x.mul(2).add(y),
      x.sum(0),
      x.add(y).softmax(-1),
      x.matmul(y),
      x.narrow(0, 5, 1).matmul(y),
      x
        .pad([
          [1, 1],
          [2, 2],
        ])
        .flip([0]),
      x.indexSelect(0, ids),
      x.mul(0).indexAdd(0, ids, y.narrow(0, 0, 3)),
      x.cumsum(1),
      y.sort(1).values,
      x.argmax(1),
      x.to('float16'),
      x.gt(1),
      x.to('uint8').mul(3),
    ];
    return outputs.map((output) => [...output.dataSync()]);
  });
}

describe('memory of the wasm device', () => {
  test('tensors past 2 GiB are computed with as any others', () => {
    const expected = results();
    const { liveBytes } = memory(device);
    const low = [hold(GIB), hold(GIB - 64 * MIB), hold(256 * MIB)];
    const x = randn([1000], { device }).realize();
    expect(address(x)).toBeGreaterThan(2 ** 31);
    expect(results()).toEqual(expected);

    // One block that crosses the line, and one of which every address lies beyond it.
    const crossing = low[2] as Tensor;
    expect(address(crossing)).toBeLessThan(2 ** 31);
    expect(scope(() => crossing.to('int32').sum().itemSync())).toBe(7 * 256 * MIB);
    const high = hold(300 * MIB);
    expect(address(high)).toBeGreaterThan(2 ** 31);
    expect(scope(() => high.to('int32').sum().itemSync())).toBe(7 * 300 * MIB - 2 ** 32);
    expect(scope(() => high.narrow(0, 300 * MIB - 3, 3).arraySync())).toEqual([7, 7, 7]);
    for (const t of [...low, high, x]) t.dispose();
    expect(memory(device).liveBytes).toBe(liveBytes);
  });

  test('past 4 GiB there is a clear error, after which all goes on', () => {
    const expected = results();
    const { liveBytes, storages } = memory(device);
    const held = [0, 1, 2].map(() => hold(GIB));
    const before = memory(device);
    expect(() => hold(GIB + 64 * MIB)).toThrow(
      /wasm: no room for \d+ bytes more; .* 4 GiB\. Dispose of tensors/,
    );
    expect(memory(device)).toMatchObject({ liveBytes: before.liveBytes, storages: before.storages });
    // A program whose result finds no room.
    const whole = held[0] as Tensor;
    expect(() => scope(() => whole.to('float32').realize())).toThrow(/wasm: no room/);
    expect(memory(device)).toMatchObject({ liveBytes: before.liveBytes, storages: before.storages });
    expect(scope(() => whole.narrow(0, GIB - 2, 2).arraySync())).toEqual([7, 7]);
    // What is left is there: above 3 GiB addresses are negative numbers to whoever forgets that they have no sign.
    const last = hold(512 * MIB);
    expect(address(last)).toBeGreaterThanOrEqual(3 * GIB);
    expect(results()).toEqual(expected);
    for (const t of [...held, last]) t.dispose();
    expect(memory(device)).toMatchObject({ liveBytes, storages });
    const again = hold(GIB + 64 * MIB);
    expect(scope(() => again.narrow(0, 0, 1).itemSync())).toBe(7);
    again.dispose();
    expect(results()).toEqual(expected);
  });
});
