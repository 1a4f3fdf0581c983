import { beforeEach, describe, expect, test } from 'vitest';
import {
  compile,
  grad,
  gradients,
  keep,
  noGrad,
  scaledDotProductAttention,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import type { WasmStorage } from '../../src/runtime/wasm/storage.ts';
import { attendToCache, writeToCache } from '../../src/tensor/attention.ts';
import { storageOf } from '../../src/tensor/realize.ts';
import { kernelNames } from '../support/kernels.ts';
import { disagreements, draw, type Given, type TensorFunction } from '../support/oracle.ts';
import { Random } from '../support/random.ts';
import { threadDifferences } from '../support/threads.ts';

let random = new Random(1);
beforeEach(() => {
  random = new Random(1);
});

type Options = { readonly isCausal?: boolean; readonly scale?: number };

const attend =
  (options: Options = {}): TensorFunction =>
  ([query, key, value, keyLength]) =>
    scaledDotProductAttention(query as Tensor, key as Tensor, value as Tensor, {
      ...options,
      ...(keyLength && { keyLength }),
    });

const int32 = (value: number): Given => ({ shape: [], data: [value], dtype: 'int32' });

/** Sums of hundreds of products, one after another in float32. */
const tolerance = { relative: 2e-5, scaled: 4e-6 };
const check = (inputs: readonly Given[], f: TensorFunction) =>
  disagreements(inputs, f, { gradients: true, tolerance });

/** Shapes of query, key and value: odd ones, and more than one block of queries (64), part (256) or tile. */
const shapes: Record<string, readonly [readonly number[], readonly number[], readonly number[]]> = {
  'one query, one key, one number': [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  'sizes below a vector': [
    [2, 5, 3],
    [2, 7, 3],
    [2, 7, 2],
  ],
  'odd sizes': [
    [2, 3, 150, 20],
    [2, 3, 150, 20],
    [2, 3, 150, 12],
  ],
  'one query more than a block': [
    [65, 12],
    [130, 12],
    [130, 20],
  ],
  'one query less than a block, one key more than a tile': [
    [63, 8],
    [9, 8],
    [9, 16],
  ],
  'one query by 1000 keys': [
    [2, 1, 16],
    [2, 1000, 16],
    [2, 1000, 8],
  ],
  'one query, sizes that are no vectors': [
    [2, 1, 10],
    [2, 257, 10],
    [2, 257, 7],
  ],
  'three queries': [
    [3, 3, 8],
    [3, 29, 8],
    [3, 29, 36],
  ],
  'four queries': [
    [4, 8],
    [29, 8],
    [29, 4],
  ],
  'values wider than a tile, keys of one number': [
    [17, 1],
    [19, 1],
    [19, 67],
  ],
  'more than one part of queries': [
    [257, 5],
    [257, 5],
    [257, 6],
  ],
  'more queries than keys': [
    [300, 4],
    [3, 4],
    [3, 4],
  ],
};

describe('attention and its gradients are those of the oracle', () => {
  const cases = Object.entries(shapes).flatMap(([name, list]) =>
    [false, true].map((isCausal) => [isCausal ? `${name}, causal` : name, list, isCausal] as const),
  );
  test.each(cases)('%s', (_, list, isCausal) => {
    const inputs = list.map((shape) => draw(random, shape, -2, 2));
    expect(check(inputs, attend({ isCausal }))).toEqual([]);
  });

  // The kernel for a few queries reads rows of whole vectors in place, the other packs them.
  const lengths = [0, 1, 7, 8, 9, 37, 1000, -3];
  test.each(lengths)('with keyLength %i of 37 keys', (length) => {
    for (const queries of [1, 3, 40]) {
      for (const size of [8, 7]) {
        for (const isCausal of [false, true]) {
          const inputs = [
            draw(random, [2, queries, size], -2, 2),
            draw(random, [2, 37, size], -2, 2),
            draw(random, [2, 37, size], -2, 2),
          ];
          const problems = check([...inputs, int32(length)], attend({ isCausal }));
          expect(problems, `${queries} queries of size ${size}${isCausal ? ', causal' : ''}`).toEqual([]);
        }
      }
    }
  });

  test('with batches that are broadcast', () => {
    const inputs = [draw(random, [3, 1, 10, 8]), draw(random, [1, 2, 70, 8]), draw(random, [70, 4])];
    expect(check(inputs, attend())).toEqual([]);
    const [query, key, value] = inputs as [Given, Given, Given];
    expect(check([{ ...query, shape: [3, 1, 1, 10, 8] }, key, value], attend())).toEqual([]);
  });

  test.each([
    [1, 5],
    [33, 4],
    [130, 20],
  ])('of a projection [batch, time, 3, heads, size], time %i and size %i', (time, size) => {
    const heads = 3;
    const f: TensorFunction = ([projected]) => {
      const [query, key, value] = (projected as Tensor)
        .reshape([2, time, 3, heads, size])
        .permute([2, 0, 3, 1, 4])
        .unbind() as [Tensor, Tensor, Tensor];
      return scaledDotProductAttention(query, key, value, { isCausal: true })
        .transpose(1, 2)
        .reshape([2, time, heads * size]);
    };
    expect(check([draw(random, [2, time, 3 * heads * size], -2, 2)], f)).toEqual([]);
  });

  test.each([2, 50])('of %i queries, seen in other orders', (queries) => {
    const f: TensorFunction = ([query, key, value]) =>
      scaledDotProductAttention(
        (query as Tensor).mT,
        (key as Tensor).flip([0]).mul(0.5),
        (value as Tensor).narrow(0, 3, 45).narrow(1, 1, 17),
      );
    const inputs = [draw(random, [8, queries]), draw(random, [45, 8]), draw(random, [60, 20])];
    expect(check(inputs, f)).toEqual([]);
  });

  test('of queries that are also keys and values', () => {
    const f: TensorFunction = ([x]) =>
      scaledDotProductAttention(x as Tensor, x as Tensor, x as Tensor, { scale: 0.3 });
    expect(check([draw(random, [2, 70, 9])], f)).toEqual([]);
  });

  test('by scores so large that one key takes it all', () => {
    const inputs = [
      [2, 20, 8],
      [2, 30, 8],
      [2, 30, 8],
    ].map((shape) => draw(random, shape, -30, 30));
    // Scores of some thousands have an error of 1e-4 in float32, and the gradients are differences of equal numbers.
    const coarse = { relative: 1e-3, scaled: 1e-4 };
    expect(disagreements(inputs, attend({ scale: 1 }), { tolerance: coarse })).toEqual([]);
  });

  test('without scores in memory', () => {
    const [query, key, value] = [zeros([70, 8]), zeros([70, 8]), zeros([70, 8])] as [Tensor, Tensor, Tensor];
    const inputs = [query, key, value].map((x) => x.add(1).realize()) as [Tensor, Tensor, Tensor];
    for (const input of inputs) input.requiresGrad = true;
    const mixed = scaledDotProductAttention(...inputs);
    expect(kernelNames(mixed)).toEqual(['attention']);
    mixed.sum().backward();
    const found = kernelNames(...inputs.map((input) => input.grad as Tensor));
    expect(found.filter((name) => name.startsWith('attention'))).toEqual(['attention', 'attentionGradient']);
    expect(found).not.toContain('dot');
  });
});

describe('a row that sees nothing', () => {
  test('is zeros, and so is its gradient', () => {
    for (const queries of [1, 5, 70]) {
      for (const size of [8, 5]) {
        const shape = [2, queries, size];
        const [query, key, value] = [0, 1, 2].map(() =>
          tensor(draw(random, shape).data as Float32Array, { shape, requiresGrad: true, device: 'wasm' }),
        ) as [Tensor, Tensor, Tensor];
        const keyLength = tensor(0, { dtype: 'int32', device: 'wasm' });
        const mixed = scaledDotProductAttention(query, key, value, { keyLength });
        mixed.add(1).square().sum().backward();
        for (const t of [mixed, query.grad, key.grad, value.grad] as Tensor[])
          expect(t.abs().max().itemSync(), `${queries} queries of size ${size}`).toBe(0);
      }
    }
  });
});

describe('NaN in one key', () => {
  const cases = [
    { queries: 1, keys: 40, at: 17, size: 8, isCausal: false },
    { queries: 3, keys: 3, at: 1, size: 8, isCausal: true },
    { queries: 70, keys: 70, at: 0, size: 8, isCausal: true },
    { queries: 70, keys: 70, at: 66, size: 5, isCausal: true },
    { queries: 130, keys: 150, at: 129, size: 12, isCausal: true },
    { queries: 130, keys: 150, at: 140, size: 12, isCausal: true },
    { queries: 20, keys: 33, at: 32, size: 4, isCausal: false },
  ];
  test.each(cases)('of $keys, number $at, makes NaN of those of $queries that see it', (given) => {
    const { queries, keys, at, size, isCausal } = given;
    const [query, key, value] = [
      [queries, size],
      [keys, size],
      [keys, size],
    ].map((shape) => draw(random, shape)) as [Given, Given, Given];
    const broken = Float32Array.from(key.data);
    broken[at * size + 1] = Number.NaN;
    const run = (data: ArrayLike<number>) => {
      const [q, k, v] = [query, { ...key, data }, value].map(({ data: numbers, shape }) =>
        tensor(numbers as Float32Array, { shape, device: 'wasm' }),
      ) as [Tensor, Tensor, Tensor];
      return scaledDotProductAttention(q, k, v, { isCausal }).arraySync() as number[][];
    };
    const whole = run(key.data);
    run(broken).forEach((row, i) => {
      const sees = !isCausal || i >= at;
      expect(row, `query ${i}`).toEqual(sees ? row.map(() => Number.NaN) : whole[i]);
    });
  });

  test.each([1, 20])('that is past keyLength is not seen by %i queries', (queries) => {
    const key = draw(random, [2, 33, 8]);
    (key.data as Float32Array).fill(Number.NaN, 32 * 8, 33 * 8);
    const inputs = [draw(random, [2, queries, 8]), key, draw(random, [2, 33, 8])];
    expect(disagreements([...inputs, int32(32)], attend(), { tolerance })).toEqual([]);
    expect(disagreements([...inputs, int32(33)], attend(), { tolerance })).toEqual([]);
  });
});

test('second derivatives are those of the oracle', () => {
  for (const isCausal of [false, true]) {
    for (const number of [0, 1, 2] as const) {
      const f: TensorFunction = ([query, key, value]) =>
        grad(
          (q: Tensor, k: Tensor, v: Tensor) =>
            scaledDotProductAttention(q, k, v, { isCausal }).square().sum(),
          { argnums: number },
        )(query as Tensor, key as Tensor, value as Tensor);
      const inputs = [
        [2, 5, 3],
        [2, 7, 3],
        [2, 7, 4],
      ].map((shape) => draw(random, shape));
      expect(check(inputs, f), `by argument ${number}${isCausal ? ', causal' : ''}`).toEqual([]);
    }
  }
});

test('the bits do not depend on the number of threads', async () => {
  const given = (shape: readonly number[]) =>
    tensor(draw(random, shape).data as Float32Array, { shape, requiresGrad: true, device: 'wasm' });
  const outputs = Object.values(shapes).flatMap((list) => {
    const inputs = list.map(given) as [Tensor, Tensor, Tensor];
    return [false, true].flatMap((isCausal) => {
      const mixed = scaledDotProductAttention(...inputs, { isCausal });
      return [mixed, ...gradients(mixed.square().sum(), inputs)];
    });
  });
  expect(await threadDifferences(outputs)).toEqual([]);
});

describe('with a cache', () => {
  const batch = [2, 3];
  const capacity = 40;

  /** Attention of each position over itself and all before it, by way of a cache, in a compiled function. */
  function decode(query: Tensor, key: Tensor, value: Tensor) {
    const { device } = query;
    const time = query.shape.at(-2) as number;
    const state = [key, value].map((t) =>
      keep(zeros([...batch, capacity, t.shape.at(-1) as number], { device }).realize()),
    ) as [Tensor, Tensor];
    const [keys, values] = state;
    const step = compile((q: Tensor, k: Tensor, v: Tensor, position: Tensor) => {
      const mixed = attendToCache(q, { keys, values }, { key: k, value: v }, position);
      keys.assign(writeToCache(keys, k, position));
      values.assign(writeToCache(values, v, position));
      return mixed;
    });
    const rows: number[] = [];
    const places: string[] = [];
    for (let t = 0; t < time; t++) {
      const [q, k, v] = [query, key, value].map((x) => x.narrow(-2, t, 1).realize()) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      rows.push(...step(q, k, v, tensor([t], { dtype: 'int32', device })).dataSync());
      places.push(state.map((t) => address(t)).join());
    }
    return { rows, state, places, step };
  }

  test.each([
    ['one head of keys for each of queries', 3, 3],
    ['three heads of queries to each of keys', 6, 2],
    ['one head of keys', 4, 1],
  ])('tokens that come in pieces see what they would see at once: %s', (_, heads, keyHeads) => {
    const size = 8;
    const total = 23;
    const make = (count: number) =>
      tensor(draw(random, [2, count, total, size], -2, 2).data as Float32Array, {
        shape: [2, count, total, size],
        device: 'wasm',
      });
    const [query, key, value] = [make(heads), make(keyHeads), make(keyHeads)];
    const each = (t: Tensor) => t.repeatInterleave(heads / keyHeads, 1);
    const expected = scaledDotProductAttention(query, each(key), each(value), { isCausal: true, scale: 0.7 });
    const [keys, values] = [0, 0].map(() =>
      keep(zeros([2, keyHeads, 32, size], { device: 'wasm' }).realize()),
    ) as [Tensor, Tensor];
    const step = compile((q: Tensor, k: Tensor, v: Tensor, places: Tensor) => {
      const own = { key: k, value: v };
      const mixed = attendToCache(q, { keys, values }, own, places.narrow(0, 0, 1), 0.7);
      keys.assign(writeToCache(keys, k, places));
      values.assign(writeToCache(values, v, places));
      return mixed;
    });
    let begin = 0;
    for (const time of [7, 1, 7, 1, 7]) {
      const part = (t: Tensor) => t.narrow(2, begin, time).realize();
      const places = Int32Array.from({ length: time }, (_, i) => begin + i);
      const mixed = noGrad(() =>
        step(part(query), part(key), part(value), tensor(places, { device: 'wasm' })),
      );
      const want = expected.narrow(2, begin, time).dataSync();
      const got = mixed.dataSync();
      let worst = 0;
      for (const [i, x] of want.entries()) worst = Math.max(worst, Math.abs(x - (got[i] as number)));
      expect(worst).toBeLessThan(2e-5);
      begin += time;
    }
    expect(step.explain()).toHaveLength(2);
    step.dispose();
    keys.dispose();
    values.dispose();
  });

  const address = (t: Tensor) => (storageOf(t.node) as WasmStorage).address;

  const made = (sizes: readonly number[]) => {
    return sizes.map((size) => {
      const shape = [...batch, capacity, size];
      return tensor(draw(random, shape, -2, 2).data as Float32Array, { shape, device: 'wasm' });
    }) as [Tensor, Tensor, Tensor];
  };

  test.each([
    [8, 8],
    [5, 7],
  ])('decoding is attention over the whole, keys of %i and values of %i', async (size, valueSize) => {
    const [query, key, value] = made([size, size, valueSize]);
    const { rows, state, step } = noGrad(() => decode(query, key, value));
    const whole = scaledDotProductAttention(query, key, value, { isCausal: true });
    const decoded = tensor(rows, { shape: [capacity, ...batch, valueSize], device: 'wasm' }).movedim(0, -2);
    expect(await decoded.allclose(whole, { rtol: 2e-5, atol: 2e-6 })).toBe(true);
    expect(state.map((t) => t.arraySync())).toEqual([key.arraySync(), value.arraySync()]);
    step.dispose();
    for (const t of state) t.dispose();
  });

  test('the cache is written where it is, row by row', () => {
    const [query, key, value] = made([8, 8, 8]);
    const { state, places, step } = noGrad(() => decode(query, key, value));
    // The first call is the trace, which may bind a new value.
    expect(new Set(places.slice(1)).size).toBe(1);
    const [report] = step.explain() as [ReturnType<typeof step.explain>[number]];
    const rowBytes = 2 * 3 * 8 * 4;
    const scatters = report.kernels.filter(({ name }) => name.startsWith('scatterSet'));
    expect(scatters).toHaveLength(2);
    // No value in between is as large as a cache, and nothing stays behind after a call.
    expect(report.arenaBytes).toBeLessThan(capacity * rowBytes);
    const rows = [query, key, value].map((x) => x.narrow(-2, 0, 1).realize()) as [Tensor, Tensor, Tensor];
    const position = tensor([3], { dtype: 'int32', device: 'wasm' });
    const { liveBytes, storages } = getDevice('wasm').memory();
    noGrad(() => step(...rows, position)).dispose();
    expect(getDevice('wasm').memory()).toMatchObject({ liveBytes, storages });
    step.dispose();
    for (const t of state) t.dispose();
  });

  test('a position that does not exist changes nothing', () => {
    const [query, key, value] = made([8, 8, 8]);
    const { state, step } = noGrad(() => decode(query, key, value));
    const row = [query, key, value].map((x) => x.narrow(-2, 0, 1).realize()) as [Tensor, Tensor, Tensor];
    for (const position of [capacity, -1]) {
      const index = tensor([position], { dtype: 'int32', device: 'wasm' });
      expect(() => noGrad(() => step(...row, index))).toThrow(/writeToCache: index (40|-1) .*40/);
    }
    expect(state.map((t) => t.arraySync())).toEqual([key.arraySync(), value.arraySync()]);
    step.dispose();
    for (const t of state) t.dispose();
  });
});
