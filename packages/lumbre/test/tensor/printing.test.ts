import { describe, expect, test, vi } from 'vitest';
import {
  arange,
  compile,
  explain,
  explanation,
  full,
  memory,
  rand,
  setPrintOptions,
  statistics,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('toString()', () => {
  test.each<[string, () => Tensor, string[]]>([
    ['a scalar', () => tensor(3.5), ['tensor(3.5, float32)']],
    ['whole floats', () => tensor([1, -20, 0]), ['tensor([  1., -20.,   0.], float32)']],
    [
      'a matrix',
      () => tensor([[1, 2.5], [-3, 100]]), // biome-ignore format: rows
      ['tensor([[  1. ,   2.5],', '        [ -3. , 100. ]], float32)'],
    ],
    ['integers', () => arange(3), ['tensor([0, 1, 2], int32)']],
    ['bools', () => arange(3).gt(1), ['tensor([false, false,  true], bool)']],
    ['what is no number', () => tensor([nan, inf, -inf, 0.5]), ['tensor([ nan,  inf, -inf,  0.5], float32)']],
    ['small numbers', () => tensor([1e-10, 2]), ['tensor([1.e-10, 2.e+00], float32)']],
    ['large numbers', () => tensor([1e9]), ['tensor([1.e+09], float32)']],
    ['a wide range', () => tensor([0.5, 1234.5]), ['tensor([5.0000e-01, 1.2345e+03], float32)']],
    ['nothing', () => zeros([0, 3]), ['tensor([], shape [0, 3], float32)']],
    ['a leaf', () => tensor([1], { requiresGrad: true }), ['tensor([1.], float32, requiresGrad)']],
    [
      'three dimensions',
      () => arange(8).reshape(2, 2, 2),
      ['tensor([[[0, 1],', '         [2, 3]],', '', '        [[4, 5],', '         [6, 7]]], int32)'],
    ],
    [
      'long rows',
      () => full([20], 0.25),
      [
        'tensor([0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25,',
        '        0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25], float32)',
      ],
    ],
    ['many elements', () => arange(2000), ['tensor([   0,    1,    2, ..., 1997, 1998, 1999], int32)']],
    [
      'many rows',
      () => arange(1002).reshape(501, 2),
      [
        'tensor([[   0,    1],',
        '        [   2,    3],',
        '        [   4,    5],',
        '        ...,',
        '        [ 996,  997],',
        '        [ 998,  999],',
        '        [1000, 1001]], int32)',
      ],
    ],
  ])('%s', (_name, make, lines) => {
    expect(make().toString()).toBe(lines.join('\n'));
  });

  test('is what print() and the console show', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      tensor([1.5]).print();
      expect(log).toHaveBeenCalledWith('tensor([1.5], float32)');
    } finally {
      log.mockRestore();
    }
    const shown = Reflect.get(tensor([1.5]), Symbol.for('nodejs.util.inspect.custom')) as (
      this: Tensor,
    ) => string;
    expect(shown.call(tensor([1.5]))).toBe('tensor([1.5], float32)');
    expect(`${tensor(2)}`).toBe('tensor(2., float32)');
  });

  test('of what has no value says so', () => {
    const gone = tensor([1]);
    gone.dispose();
    expect(gone.toString()).toBe('tensor(disposed)');
    let inside = '';
    const compiled = compile((x: Tensor) => {
      const y = x.add(1);
      inside = y.toString();
      return y;
    });
    compiled(tensor([1, 2]));
    compiled.dispose();
    expect(inside).toBe('tensor(traced, shape [2], float32)');
  });
});

describe('setPrintOptions()', () => {
  test('changes how tensors are written, and says how they were', () => {
    const before = setPrintOptions({ precision: 2, threshold: 4, edgeItems: 1 });
    try {
      expect(before).toMatchObject({ precision: 8, threshold: 1000, edgeItems: 3, lineWidth: 75 });
      expect(tensor([1 / 3, 2]).toString()).toBe('tensor([0.33, 2.  ], float32)');
      expect(arange(5).toString()).toBe('tensor([0, ..., 4], int32)');
    } finally {
      setPrintOptions();
    }
    expect(arange(5).toString()).toBe('tensor([0, 1, 2, 3, 4], int32)');
  });

  test('puts the dtype in a line of its own where it would not fit', () => {
    const text = arange(19).add(100).toString();
    expect(text.split('\n').at(-1)).toBe('        113, 114, 115, 116, 117, 118], int32)');
    expect(arange(13).add(100).toString()).toBe(
      'tensor([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112],\n       int32)',
    );
  });

  test('refuses what makes no sense', () => {
    expect(() => setPrintOptions({ precision: -1 })).toThrow(/precision must be an integer of at least 0/);
    expect(() => setPrintOptions({ edgeItems: 0.5 })).toThrow(/edgeItems/);
  });
});

describe('describe()', () => {
  test('tells what the values are like', async () => {
    const summary = await tensor([[1, 2, 3], [4, 0, nan]]).describe(); // biome-ignore format: rows
    expect(summary).toMatchObject({
      shape: [2, 3],
      dtype: 'float32',
      count: 6,
      mean: 2,
      min: 0,
      quartiles: [1, 2, 3],
      max: 4,
      nan: 1,
      infinite: 0,
      zeros: 1,
    });
    expect(summary.std).toBeCloseTo(Math.sqrt(2.5), 12);
    expect(String(summary).split('\n')).toEqual([
      'shape     [2, 3]',
      'dtype    float32',
      expect.stringMatching(/^device +(js|wasm|native)$/),
      'count          6',
      'mean           2',
      'std      1.58114',
      'min            0',
      '25%            1',
      '50%            2',
      '75%            3',
      'max            4',
      'nan            1',
      'infinite       0',
      'zeros          1',
    ]);
  });

  test('of nothing, and of what is not finite', async () => {
    expect(await zeros([0, 2]).describe()).toMatchObject({ count: 0, mean: nan, min: nan, zeros: 0 });
    expect(await tensor([inf, 1, -inf]).describe()).toMatchObject({ infinite: 2, mean: 1, max: 1, std: nan });
    expect(await tensor([true, false, true]).describe()).toMatchObject({ zeros: 1, max: 1, dtype: 'bool' });
  });
});

describe('explain()', () => {
  test('shows the graph and the program of what is to be computed', () => {
    const x = tensor([1, 2, 3]);
    const text = explain(x.exp().add(x.exp()).sum());
    // Equal nodes are one.
    expect(text.match(/ = exp /g)).toHaveLength(1);
    expect(text).toContain('%0 = buffer slot=0 : float32[3]');
    expect(text).toMatch(/graph: \d+ nodes, 1 input\n/);
    expect(text).toMatch(new RegExp(`program on '${x.device}': \\d+ kernels?`));
  });

  test('shows several outputs, and nothing for values that are there', () => {
    const x = tensor([1]);
    expect(explain([x.exp(), x.sin()])).toMatch(/return %\d+, %\d+/);
    expect(explain(x)).toBe('nothing to compute: the value is there already');
  });

  test('says the same as data', () => {
    const x = tensor([1, 2, 3]);
    const found = explanation(x.exp().add(1).sum());
    expect(found?.nodes.map(({ id }) => id)).toEqual(found?.nodes.map((_, id) => id));
    expect(found?.nodes.map(({ op }) => op)).toContain('exp');
    // What a node is made of comes before it.
    expect(found?.nodes.every(({ id, sources }) => sources.every((source) => source < id))).toBe(true);
    const [output] = found?.outputs ?? [];
    expect(found?.nodes[output as number]?.shape).toEqual([]);
    expect(explanation(x)).toBeNull();
  });

  test('shows the programs of a compiled function', () => {
    const double = compile((x: Tensor) => x.mul(2));
    expect(explain(double)).toMatch(/nothing compiled yet/);
    double(tensor([1]));
    double(tensor([1, 2]));
    expect(explain(double).match(/program on/g)).toHaveLength(2);
    double.dispose();
  });
});

test('memory() counts what lives', () => {
  const before = memory();
  const x = tensor([1, 2, 3, 4]);
  // Devices may round up.
  expect(memory().liveBytes).toBeGreaterThanOrEqual(before.liveBytes + 16);
  expect(memory().storages).toBe(before.storages + 1);
  expect(memory().peakBytes).toBeGreaterThanOrEqual(memory().liveBytes);
  x.dispose();
  expect(memory().liveBytes).toBe(before.liveBytes);
  expect(() => memory('abacus')).toThrow(/no device 'abacus'/);
});

test('statistics() counts programs and the time in their kernels, within that of the whole', () => {
  const before = statistics();
  const start = performance.now();
  tensor([1, 2, 3]).exp().realize();
  rand([300, 300]).exp().sum().realize();
  const after = statistics();
  const elapsed = performance.now() - start;
  expect(after.programs).toBe(before.programs + 2);
  expect(after.threads).toBeGreaterThanOrEqual(1);
  expect(after.kernelMs).toBeGreaterThan(before.kernelMs);
  expect(after.kernelMs - before.kernelMs).toBeLessThanOrEqual(elapsed);
});
