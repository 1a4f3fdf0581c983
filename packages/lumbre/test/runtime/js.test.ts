import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import { bufferNode, type Node, type Storage } from '../../src/graph/node.ts';
import { JsDevice } from '../../src/runtime/js/device.ts';
import { normalize } from '../../src/schedule/normalize.ts';

/** Runs a graph on a device of its own, whose memory nobody else uses. */
function start() {
  const device = new JsDevice();
  const leaf = (dtype: 'float32' | 'int32', shape: number[], values: number[]): Node =>
    bufferNode(device.upload(dtype, values), shape);
  const run = (...outputs: Node[]): Storage[] => {
    const graph = normalize(outputs);
    return device.prepare(graph).run(graph.inputs.map(({ storage }) => storage as Storage));
  };
  return { device, leaf, run };
}

describe('the js device', () => {
  test('rounds float32 where it is stored, and not on the way', () => {
    const { device, leaf, run } = start();
    const x = leaf('float32', [1], [2 ** 24]);
    const one = build.full(x, 1);
    // In float32 2^24 + 1 is 2^24; in double precision the 1 survives.
    const [difference, sum] = run(build.sub(build.add(x, one), x), build.add(x, one)) as [Storage, Storage];
    expect([...device.read(difference)]).toEqual([1]);
    expect([...device.read(sum)]).toEqual([2 ** 24]);
  });

  test('truncates and saturates when floats become integers', () => {
    const { device, leaf, run } = start();
    const x = leaf('float32', [6], [2.9, -2.9, 1e20, -1e20, Number.NaN, Number.NEGATIVE_INFINITY]);
    const [int, byte] = run(build.cast(x, 'int32'), build.cast(x, 'uint8')) as [Storage, Storage];
    expect([...device.read(int)]).toEqual([2, -2, 2 ** 31 - 1, -(2 ** 31), 0, -(2 ** 31)]);
    expect([...device.read(byte)]).toEqual([2, 254, 255, 0, 0, 0]);
  });

  test('names the operation, the index and the range when an index does not exist', () => {
    const { device, leaf, run } = start();
    const x = leaf('float32', [3], [1, 2, 3]);
    for (const [index, size] of [
      [3, 3],
      [-1, 3],
    ] as const) {
      const ids = build.checkIndex(leaf('int32', [1], [index]), size, 'indexSelect');
      expect(() => run(build.gather(x, ids, 0))).toThrow(
        `indexSelect: index ${index} is outside the valid range [0, 3)`,
      );
    }
    // A program that fails leaves nothing behind: three leaves of 3, 1 and 1 elements are all there is.
    expect(device.memory()).toMatchObject({ liveBytes: 20, storages: 3 });
  });

  test('counts bytes, gives them back once, and remembers the most there were', () => {
    const { device, leaf, run } = start();
    const x = leaf('float32', [100], new Array<number>(100).fill(1));
    const [total] = run(build.sum(build.exp(build.neg(x)), [0])) as [Storage];
    expect(device.memory().liveBytes).toBe(404);
    // Inside the program values are doubles; that of neg is dropped before that of sum is there.
    expect(device.memory().peakBytes).toBe(400 + 2 * 800);
    total.free();
    expect(device.memory()).toMatchObject({ liveBytes: 400, storages: 1 });
    expect(() => total.free()).toThrow('freed twice');
    expect(() => device.read(total)).toThrow('after it had been freed');
  });

  test('finds the program of an equal graph again', () => {
    const { device, leaf } = start();
    const graph = () => normalize([build.exp(leaf('float32', [2], [1, 2]))]);
    expect(device.prepare(graph())).toBe(device.prepare(graph()));
    expect(
      device
        .prepare(graph())
        .report()
        .kernels.map(({ name }) => name),
    ).toEqual(['exp']);
  });
});
