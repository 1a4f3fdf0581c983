import { describe, expect, test } from 'vitest';
import { ArrayDataset } from '../../src/data/arrayDataset.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { IterableDataset, type StreamInfo } from '../../src/data/iterableDataset.ts';
import { DataLoader, type DataLoaderOptions } from '../../src/data/loader/dataLoader.ts';
import {
  BatchSampler,
  RandomSampler,
  SequentialSampler,
  WeightedRandomSampler,
} from '../../src/data/loader/sampler.ts';
import { workerDataset } from '../../src/data/loader/workerDataset.ts';
import { compile, Generator, manualSeed, Tensor, zeros } from '../../src/index.ts';

/** The values of a batch, tensors read. */
function read(value: unknown): unknown {
  if (value instanceof Tensor) return { dtype: value.dtype, shape: value.shape, data: [...value.dataSync()] };
  if (Array.isArray(value)) return value.map(read);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, read(item)]));
}

async function readAll(loader: AsyncIterable<unknown>): Promise<unknown[]> {
  const batches: unknown[] = [];
  for await (const batch of loader) batches.push(read(batch));
  return batches;
}

const numbers = (length: number) => new ArrayDataset({ i: Int32Array.from({ length }, (_, i) => i) });

const order = async (loader: AsyncIterable<{ i: Tensor }>): Promise<number[][]> => {
  const batches: number[][] = [];
  for await (const { i } of loader) batches.push([...i.dataSync()]);
  return batches;
};

const url = new URL('./support/workerDatasets.js', import.meta.url);

describe('DataLoader', () => {
  test('goes through a dataset in batches', async () => {
    const loader = new DataLoader(numbers(5), { batchSize: 2 });
    expect(loader.length).toBe(3);
    expect(await order(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await order(new DataLoader(numbers(5), { batchSize: 2, dropLast: true }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await order(new DataLoader(numbers(0), { batchSize: 2 }))).toEqual([]);
    const summed = new DataLoader(numbers(4), {
      batchSize: 2,
      collate: (examples) => ({
        sum: Float32Array.of(examples.reduce((sum, { i }) => sum + (i.data[0] as number), 0)),
      }),
    });
    const sums: number[] = [];
    for await (const { sum } of summed) sums.push(sum.dataSync()[0] as number);
    expect(sums).toEqual([1, 5]);
  });

  test('has another order in each epoch, which the seed decides', async () => {
    const options = { batchSize: 4, shuffle: true, seed: 3 };
    const loader = new DataLoader(numbers(10), options);
    const [first, second] = [await order(loader), await order(loader)];
    expect(first.flat().sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
    expect(second).not.toEqual(first);
    const again = new DataLoader(numbers(10), options);
    expect([await order(again), await order(again)]).toEqual([first, second]);
    manualSeed(8);
    const seeded = await order(new DataLoader(numbers(10), { batchSize: 4, shuffle: true }));
    const other = await order(new DataLoader(numbers(10), { batchSize: 4, shuffle: true }));
    manualSeed(8);
    expect(await order(new DataLoader(numbers(10), { batchSize: 4, shuffle: true }))).toEqual(seeded);
    expect(other).not.toEqual(seeded);
    const generator = new Generator(1);
    const state = generator.state();
    const drawn = await order(new DataLoader(numbers(10), { shuffle: true, generator }));
    expect(
      await order(new DataLoader(numbers(10), { shuffle: true, generator: generator.setState(state) })),
    ).toEqual(drawn);
  });

  test.each([{}, { prefetch: 3 }])('goes on in the middle of an epoch, %j', async (more) => {
    const dataset = numbers(10).map(({ i }, { generator }) => ({
      i,
      noise: generator.hostWords()(),
    }));
    const options = { batchSize: 3, shuffle: true, seed: 3, ...more };
    const whole = new DataLoader(dataset, options);
    const epochs = [await readAll(whole), await readAll(whole), await readAll(whole)];
    expect(whole.state()).toEqual({ seed: 3, epoch: 3, position: 0 });
    const interrupted = new DataLoader(dataset, options);
    await readAll(interrupted);
    for await (const _ of interrupted) if (interrupted.state().position === 2) break;
    const state = JSON.parse(JSON.stringify(interrupted.state())) as ReturnType<typeof whole.state>;
    expect(state).toEqual({ seed: 3, epoch: 1, position: 2 });
    const resumed = new DataLoader(dataset, { ...options, seed: 99 }).setState(state);
    expect(await readAll(resumed)).toEqual(epochs[1]?.slice(2));
    expect(await readAll(resumed)).toEqual(epochs[2]);
    // A loop that was left is over.
    expect(await readAll(interrupted)).toEqual(epochs[2]);
    expect(() => resumed.setState({ seed: 1, epoch: -1, position: 0 })).toThrow('epoch');
  });

  test('disposes of a batch when the next one is asked for', async () => {
    const seen: Tensor[] = [];
    const weight = zeros([1]);
    const step = compile((i: Tensor) => i.sum().add(weight));
    const results: Tensor[] = [];
    for await (const { i } of new DataLoader(numbers(6), { batchSize: 2 })) {
      expect(seen.every(({ disposed }) => disposed)).toBe(true);
      seen.push(i);
      results.push(step(i));
    }
    expect(seen.map(({ disposed }) => disposed)).toEqual([true, true, true]);
    expect(results.map((result) => result.dataSync()[0])).toEqual([1, 5, 9]);
    step.dispose?.();
    const kept: Tensor[] = [];
    for await (const { i } of new DataLoader(numbers(3), { keepBatches: true })) kept.push(i);
    expect(kept.map((i) => i.dataSync()[0])).toEqual([0, 1, 2]);
    for (const i of kept) i.dispose();
  });

  test('names the example that failed, here too', async () => {
    class Failing extends Dataset<number> {
      readonly length = 4;
      get(index: number): number {
        if (index === 2) throw new Error('unreadable');
        return index;
      }
    }
    const loader = new DataLoader(new Failing(), { batchSize: 2, prefetch: 5 });
    await expect(readAll(loader)).rejects.toMatchObject({
      name: 'DataLoaderError',
      index: 2,
      message: 'DataLoader: example 2 failed: unreadable',
    });
  });

  test('reads streams, resumes in them, and knows their end', async () => {
    class Stream extends IterableDataset<{ i: Int32Array }> {
      async *iterate({ epoch }: StreamInfo) {
        for (let i = 0; i < 7; i++) yield { i: Int32Array.of(10 * epoch + i) };
      }
    }
    for (const prefetch of [0, 3]) {
      const loader = new DataLoader(new Stream(), { batchSize: 2, prefetch });
      expect(await order(loader)).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
      loader.setState({ seed: 0, epoch: 1, position: 2 });
      expect(await order(loader)).toEqual([[14, 15], [16]]);
      expect(() => loader.length).toThrow('stream');
    }
    expect(await order(new DataLoader(new Stream(), { batchSize: 2, dropLast: true }))).toHaveLength(3);
    expect(() => new DataLoader(new Stream(), { shuffle: true })).toThrow('its own order');
  });

  test('is ended by a signal', async () => {
    const controller = new AbortController();
    let batches = 0;
    const loader = new DataLoader(numbers(10), { signal: controller.signal });
    const run = async () => {
      for await (const _ of loader) if (++batches === 3) controller.abort(new Error('enough'));
    };
    await expect(run()).rejects.toThrow('enough');
    expect(batches).toBe(3);
  });

  test('refuses options that do not go together', () => {
    const make = (options: DataLoaderOptions<unknown>) => () =>
      new DataLoader(numbers(3) as Dataset<unknown>, options);
    expect(make({ batchSize: 0 })).toThrow('batchSize');
    expect(make({ workers: 1.5 })).toThrow('workers');
    expect(make({ workers: 1 })).toThrow('workerDataset');
    expect(make({ shuffle: true, sampler: new SequentialSampler(3) })).toThrow('shuffle');
    expect(make({ batchSize: 2, batchSampler: new BatchSampler(new SequentialSampler(3), 2) })).toThrow(
      'batchSampler',
    );
  });
});

describe('samplers', () => {
  test('draw by weight, with and without replacement', () => {
    const counts = [0, 0, 0];
    for (const i of Array.from(new WeightedRandomSampler([1, 0, 3], 4000).indices(new Generator(1))))
      counts[i]!++;
    expect(counts[1]).toBe(0);
    // 1000 expected, standard deviation 27.
    expect(Math.abs((counts[0] as number) - 1000)).toBeLessThan(140);
    const once = new WeightedRandomSampler([1, 0, 3, 2], 3, { replacement: false });
    const firsts = [0, 0, 0, 0];
    const generator = new Generator(2);
    for (let i = 0; i < 600; i++) {
      const drawn = Array.from(once.indices(generator));
      expect([...drawn].sort()).toEqual([0, 2, 3]);
      firsts[drawn[0] as number]!++;
    }
    // The first is drawn by weight: 100, 300, 200, standard deviations up to 12.
    expect(Math.abs((firsts[0] as number) - 100)).toBeLessThan(50);
    expect(Math.abs((firsts[2] as number) - 300)).toBeLessThan(60);
    expect(() => new WeightedRandomSampler([1, 0], 2, { replacement: false })).toThrow('too few for 2');
    expect(() => new WeightedRandomSampler([1, -1])).toThrow('weight 1 is -1');
  });

  test('decide about order and batches', async () => {
    const loader = new DataLoader(numbers(4), {
      sampler: { length: 3, indices: () => [3, 3, 0] },
      batchSize: 2,
    });
    expect(await order(loader)).toEqual([[3, 3], [0]]);
    const batches = { length: 2, batches: () => [[0], [1, 2, 3]] };
    expect(await order(new DataLoader(numbers(4), { batchSampler: batches }))).toEqual([[0], [1, 2, 3]]);
    expect(new RandomSampler(3, { replacement: true, numSamples: 50 }).indices(new Generator(1)).length).toBe(
      50,
    );
    expect(() => new RandomSampler(3, { numSamples: 4 })).toThrow('replacement');
  });
});

describe('workers', () => {
  test('give the same batches, however many there are', async () => {
    const dataset = workerDataset(url, [11, { delay: 1 }]);
    const options = { batchSize: 3, shuffle: true, seed: 5 };
    const alone = await readAll(new DataLoader(dataset, options));
    expect(alone).toHaveLength(4);
    expect(alone[0]).toMatchObject({
      x: { dtype: 'float32', shape: [3, 2] },
      pair: [{ dtype: 'int32', shape: [3, 1] }, {}],
    });
    for (const workers of [1, 3]) {
      const loader = new DataLoader(dataset, { ...options, workers, prefetch: 1 });
      expect(() => loader.length).toThrow('before the first loop');
      expect(await readAll(loader)).toEqual(alone);
      expect(loader.length).toBe(4);
      if (workers === 1) continue;
      loader.setState({ seed: 5, epoch: 0, position: 2 });
      expect(await readAll(loader)).toEqual(alone.slice(2));
    }
  });

  test('end with the loop, however it is left', async () => {
    if (typeof SharedArrayBuffer === 'undefined') return;
    const shared = new SharedArrayBuffer(4);
    const beats = new Int32Array(shared);
    const loader = new DataLoader(workerDataset<number>(url, [shared], { exportName: 'beating' }), {
      workers: 2,
    });
    for await (const _ of loader) {
      while (Atomics.load(beats, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      break;
    }
    const ended = Atomics.load(beats, 0);
    expect(ended).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(Atomics.load(beats, 0)).toBe(ended);
  });

  test('may collate there, and not where the caller does', async () => {
    const dataset = workerDataset<{ x: Float32Array }>(url, [], { exportName: 'whole' });
    for (const workers of [0, 1]) {
      const batches = await readAll(new DataLoader(dataset, { batchSize: 4, workers }));
      expect(batches[1]).toEqual({ x: { dtype: 'float32', shape: [3, 1], data: [104, 105, 106] } });
      const own = new DataLoader(dataset, {
        ...{ batchSize: 4, workers },
        collate: (examples) => Float32Array.of(examples.length, examples[0]?.x[0] as number),
      });
      expect(await readAll(own)).toEqual(
        [4, 3].map((n, i) => ({ dtype: 'float32', shape: [2], data: [n, 4 * i] })),
      );
    }
  });

  test.each([{ sharded: false }, { sharded: true }])('share a stream, %j', async (sharding) => {
    const dataset = workerDataset<{ i: Int32Array }>(url, [11, sharding], { exportName: 'stream' });
    for (const workers of [0, 3]) {
      const loader = new DataLoader(dataset, { batchSize: 2, workers });
      expect(await order(loader)).toEqual([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10]]);
      loader.setState({ seed: 1, epoch: 0, position: 4 });
      expect(await order(loader)).toEqual([[8, 9], [10]]);
    }
  });

  test('tell which example failed, when its turn comes', async () => {
    const loader = new DataLoader(workerDataset(url, [10, { fails: 5 }]), {
      batchSize: 2,
      workers: 2,
      prefetch: 4,
    });
    let batches = 0;
    const run = async () => {
      for await (const _ of loader) batches++;
    };
    await expect(run()).rejects.toMatchObject({
      ...{ name: 'DataLoaderError', index: 5, worker: 0 },
      message: 'DataLoader: example 5 failed in worker 0: no number 5 today',
      cause: { name: 'RangeError' },
    });
    expect(batches).toBe(2);
    const stream = workerDataset(url, [10, { fails: 7 }], { exportName: 'stream' });
    await expect(readAll(new DataLoader(stream, { batchSize: 2, workers: 2 }))).rejects.toMatchObject({
      index: 7,
    });
  });

  test('that fail altogether are told of', async () => {
    const crash = new DataLoader(workerDataset(url, [4, { crashes: 1 }]), { workers: 2 });
    await expect(readAll(crash)).rejects.toThrow(/worker 1 failed: .*out of the blue/);
    const missing = workerDataset(url, [], { exportName: 'absent' });
    const none = workerDataset(url, [], { exportName: 'nothing' });
    for (const workers of [0, 1]) {
      await expect(readAll(new DataLoader(missing, { workers }))).rejects.toThrow(
        "no export 'absent', only: ",
      );
      await expect(readAll(new DataLoader(none, { workers }))).rejects.toThrow('gives no dataset');
    }
    const uncloneable = new DataLoader(workerDataset(url, [() => 1]), { workers: 1 });
    await expect(readAll(uncloneable)).rejects.toThrow('could not be opened');
  });

  test('are ended by a signal while they are waited for', async () => {
    const controller = new AbortController();
    const slow = workerDataset(url, [4, { delay: 100_000 }]);
    const reading = readAll(new DataLoader(slow, { batchSize: 4, workers: 1, signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(reading).rejects.toThrow('enough');
  });
});
