import { describe, expect, test } from 'vitest';
import { ArrayDataset } from '../../src/data/arrayDataset.ts';
import { collate, padSequences, toTensors } from '../../src/data/collate.ts';
import { ConcatDataset, Dataset, type ExampleContext } from '../../src/data/dataset.ts';
import { type HostArray, hostArray, scalar } from '../../src/data/hostArray.ts';
import { derivedSeed, permutation } from '../../src/data/shuffle.ts';
import { kFold, randomSplit, trainTestSplit } from '../../src/data/splits.ts';
import { TensorDataset } from '../../src/data/tensorDataset.ts';
import { arange, Generator, type Tensor, tensor } from '../../src/index.ts';

class Squares extends Dataset<{ x: Float32Array; y: number }> {
  readonly length: number;
  constructor(length: number) {
    super();
    this.length = length;
  }
  get(index: number, _context?: ExampleContext) {
    return { x: Float32Array.of(index, -index), y: index * index };
  }
}

describe('datasets', () => {
  test('in columns give views, and gather batches with their dtypes', () => {
    const dataset = new ArrayDataset({
      image: hostArray(
        Uint8Array.from({ length: 12 }, (_, i) => i),
        [3, 2, 2],
      ),
      label: Int32Array.of(7, 8, 9),
      mask: hostArray(Uint8Array.of(1, 0, 1), [3], 'bool'),
    });
    expect(dataset.length).toBe(3);
    expect(dataset.get(1)).toEqual({
      image: { data: Uint8Array.of(4, 5, 6, 7), shape: [2, 2] },
      label: { data: Int32Array.of(8), shape: [] },
      mask: { data: Uint8Array.of(0), shape: [], dtype: 'bool' },
    });
    expect(dataset.get(1).image.data.buffer).toBe(dataset.columns.image.data.buffer);
    const batch = dataset.getBatch([2, 0]);
    expect(batch).toEqual(collate([dataset.get(2), dataset.get(0)]));
    const { batch: made, tensors } = toTensors(batch);
    expect([made.image.dtype, made.image.shape, made.mask.dtype]).toEqual(['uint8', [2, 2, 2], 'bool']);
    for (const t of tensors) t.dispose();
    expect(() => dataset.get(3)).toThrow('no example 3');
    expect(() => dataset.getBatch([-1])).toThrow('no example -1');
    expect(() => new ArrayDataset({ a: new Float32Array(3), b: new Float32Array(2) })).toThrow(
      "'b' has shape [2]",
    );
  });

  test('of tensors pick on their device, and are read for single examples', () => {
    const dataset = new TensorDataset(arange(6).reshape(3, 2), tensor([0.5, 1.5, 2.5]));
    expect(dataset.get(2)).toEqual([
      { data: Int32Array.of(4, 5), shape: [2], dtype: 'int32' },
      { data: Float32Array.of(2.5), shape: [], dtype: 'float32' },
    ]);
    const [x, y] = dataset.getBatch([2, 0]) as unknown as [Tensor, Tensor];
    expect(x.dtype).toBe('int32');
    expect(x.dataSync()).toEqual(Int32Array.of(4, 5, 0, 1));
    expect(y.dataSync()).toEqual(Float32Array.of(2.5, 0.5));
    expect(() => new TensorDataset(arange(3), arange(2))).toThrow('[3] and [2]');
  });

  test('are mapped, with chance that belongs to the example', async () => {
    const draw = (generator: Generator) => generator.hostWords()();
    const noisy = new Squares(4)
      .map(({ y }, { generator }) => ({ y, inner: draw(generator) }))
      .map(({ y, inner }, { index, generator }) => ({ y, index, inner, outer: draw(generator) }));
    const once = await noisy.get(3, { seed: 5 });
    expect(once).toMatchObject({ y: 9, index: 3 });
    expect(once.inner).not.toBe(once.outer);
    expect(await noisy.get(3, { seed: 5 })).toEqual(once);
    expect((await noisy.get(3, { seed: 6 })).outer).not.toBe(once.outer);
    const later = new Squares(2).map(async ({ y }) => y).map((y) => y + 1);
    expect(await later.get(1)).toBe(2);
  });

  test('are joined and cut', async () => {
    const both = new Squares(3).concat(new Squares(2));
    expect([both.length, (await both.get(2)).y, (await both.get(3)).y]).toEqual([5, 4, 0]);
    expect(() => both.get(5)).toThrow('0 to 4');
    const some = both.subset([4, 1]);
    expect([some.length, (await some.get(0)).y, (await some.get(1)).y]).toEqual([2, 1, 1]);
    expect(() => both.subset([5])).toThrow('Subset');
    const seen: number[] = [];
    for await (const { y } of new ConcatDataset([new Squares(3), new Squares(2)])) seen.push(y);
    expect(seen).toEqual([0, 1, 4, 0, 1]);
    // A cut of columns still gathers.
    const columns = new ArrayDataset({ a: Float32Array.of(0, 1, 2) }).subset([2, 1]).subset([1]);
    expect(await columns.getBatch?.([0])).toEqual({ a: { data: Float32Array.of(1), shape: [1] } });
  });
});

describe('collate', () => {
  test('stacks field by field', () => {
    const examples = [
      { a: 1, b: true, c: 'x', d: Float32Array.of(1, 2), e: [scalar(3), tensor([4])] as const },
      { a: 2, b: false, c: 'y', d: Float32Array.of(3, 4), e: [scalar(5), tensor([6])] as const },
    ];
    const batch = collate(examples);
    expect(batch).toEqual({
      a: { data: Float64Array.of(1, 2), shape: [2] },
      b: { data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' },
      c: ['x', 'y'],
      d: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
      e: [
        { data: Int32Array.of(3, 5), shape: [2], dtype: 'int32' },
        { data: Float32Array.of(4, 6), shape: [2, 1], dtype: 'float32' },
      ],
    });
    const { batch: made, tensors } = toTensors(batch);
    expect(made.c).toEqual(['x', 'y']);
    expect([made.a.dtype, made.b.dtype, made.e[0].dtype]).toEqual(['float32', 'bool', 'int32']);
    expect(tensors).toHaveLength(5);
    for (const t of tensors) t.dispose();
  });

  test('says which field does not fit', () => {
    const image = (side: number): { image: HostArray } => ({
      image: hostArray(new Float32Array(side * side), [side, side]),
    });
    expect(() => collate([image(2), image(3)])).toThrow(
      /field 'image' has shape \[2, 2\].*\[3, 3\] in number 1/,
    );
    expect(() => collate<object>([{ x: 1 }, { x: '1' }])).toThrow("field 'x' is of kind number");
    expect(() => collate<object>([{ x: [1, { y: null }] }])).toThrow("field 'x.1.y' is null");
    expect(() => collate<object>([{ x: new Date(0) }])).toThrow("field 'x' is Date");
    expect(() => collate<object>([{ x: BigInt64Array.of(1n) }])).toThrow("field 'x' is BigInt64Array");
    expect(() => collate<object>([{ x: Float32Array.of(1) }, { x: Int32Array.of(1) }])).toThrow('Int32Array');
    expect(() => collate<number[]>([[1, 2], [1]])).toThrow('tuple of 2');
    expect(() => collate([])).toThrow('at least one');
  });

  test('pads sequences', () => {
    const padded = padSequences([Int32Array.of(1, 2), Int32Array.of(3)], { value: -1 });
    expect(padded).toEqual({ data: Int32Array.of(1, 2, 3, -1), shape: [2, 2] });
    expect(padSequences([Int32Array.of(1)], { length: 3 }).shape).toEqual([1, 3]);
    expect(() => padSequences([new Int32Array(4)], { length: 3 })).toThrow('4 elements');
  });
});

describe('splits', () => {
  const dataset = new Squares(10);
  const all = Array.from({ length: 10 }, (_, i) => i);

  test('by fractions round as PyTorch does', () => {
    // torch.utils.data.random_split(range(10), [0.33, 0.33, 0.34]) has 4, 3 and 3.
    const parts = randomSplit(dataset, [0.33, 0.33, 0.34], new Generator(1));
    expect(parts.map(({ length }) => length)).toEqual([4, 3, 3]);
    expect(parts.flatMap(({ indices }) => [...indices]).sort((a, b) => a - b)).toEqual(all);
    expect(parts[0]?.indices).toEqual(
      randomSplit(dataset, [4, 3, 3], { generator: new Generator(1) })[0]?.indices,
    );
    expect(parts[0]?.indices).not.toEqual(randomSplit(dataset, [4, 3, 3], new Generator(2))[0]?.indices);
    expect(randomSplit(dataset, [0.7, 0.2, 0.1]).map(({ length }) => length)).toEqual([7, 2, 1]);
    expect(() => randomSplit(dataset, [0.5, 0.4])).toThrow('nor fractions that sum to 1');
    expect(() => randomSplit(dataset, [5, 4])).toThrow('lengths that sum to 10');
  });

  test.each([[[2, 1]], [[1, 1, 1]], [[7, 2, 1]]])('by class %j give each part its share', (ratio) => {
    const labels = Array.from({ length: 120 }, (_, i) =>
      i % 2 === 0 ? 'even' : i % 3 === 0 ? 'three' : 'other',
    );
    const sum = ratio.reduce((a, b) => a + b);
    const parts = randomSplit(
      new Squares(120),
      ratio.map((part) => part / sum),
      { generator: new Generator(3), stratify: labels },
    );
    expect(parts.flatMap(({ indices }) => [...indices]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 120 }, (_, i) => i),
    );
    for (const [p, { indices }] of parts.entries()) {
      for (const [label, share] of [
        ['even', 60],
        ['three', 20],
        ['other', 40],
      ] as const) {
        const count = [...indices].filter((i) => labels[i] === label).length;
        expect(Math.abs(count - (share * (ratio[p] as number)) / sum)).toBeLessThanOrEqual(1.01);
      }
    }
    expect(() => randomSplit(dataset, [1], { stratify: ['a'] })).toThrow('1 classes for 10');
  });

  test('for training and testing', () => {
    const { train, test: held } = trainTestSplit(dataset, { generator: new Generator(1) });
    expect([train.length, held.length]).toEqual([7, 3]);
    const { test: last } = trainTestSplit(dataset, { testSize: 2, shuffle: false });
    expect([...last.indices]).toEqual([8, 9]);
    expect(() => trainTestSplit(dataset, { testSize: 10 })).toThrow('leaves a part empty');
  });

  test('in folds', () => {
    for (const stratify of [undefined, all.map((i) => i % 2)]) {
      const folds = kFold(dataset, { folds: 3, generator: new Generator(1), ...(stratify && { stratify }) });
      expect(folds.map(({ validation }) => validation.length)).toEqual([4, 3, 3]);
      expect(folds.flatMap(({ validation }) => [...validation.indices]).sort((a, b) => a - b)).toEqual(all);
      for (const { train, validation } of folds) {
        expect([...train.indices, ...validation.indices].sort((a, b) => a - b)).toEqual(all);
        const odd = [...validation.indices].filter((i) => i % 2 === 1).length;
        if (stratify) expect(Math.abs(odd - validation.length / 2)).toBeLessThanOrEqual(1);
      }
    }
    expect(kFold(dataset, { folds: 3, shuffle: false })[1]?.validation.indices).toEqual(
      Int32Array.of(4, 5, 6),
    );
    expect(() => kFold(dataset, { folds: 11 })).toThrow('from 2 to 10');
  });
});

describe('chance', () => {
  test('orders are permutations, and each seed has its own', () => {
    const order = permutation(50, new Generator(1));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(permutation(50, new Generator(1))).toEqual(order);
    expect(permutation(50, new Generator(2))).not.toEqual(order);
  });

  test('every element comes to every place equally often', () => {
    const generator = new Generator(4);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 1000; i++) {
      permutation(4, generator).forEach((element, place) => {
        counts[place * 4 + element] = (counts[place * 4 + element] as number) + 1;
      });
    }
    // 250 each, standard deviation 14.
    for (const count of counts) expect(Math.abs(count - 250)).toBeLessThan(70);
  });

  test('derived seeds are seeds, and differ', () => {
    const seeds = Array.from({ length: 1000 }, (_, i) => derivedSeed(7, i));
    expect(new Set(seeds).size).toBe(1000);
    for (const seed of seeds) new Generator(seed);
  });
});
