import { describe, expect, test, vi } from 'vitest';
import {
  arange,
  compile,
  explain,
  full,
  memory,
  rand,
  statistics,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('toString()', () => {
  test.each<[string, () => Tensor, string[]]>([
    ['a scalar', () => tensor(3.5), ['tensor(3.5000, float32)']],
    ['whole floats', () => tensor([1, -20, 0]), ['tensor([  1., -20.,   0.], float32)']],
    [
      'a matrix',
      () => tensor([[1, 2.5], [-3, 100]]), // biome-ignore format: rows
      ['tensor([[  1.0000,   2.5000],', '        [ -3.0000, 100.0000]], float32)'],
    ],
    ['integers', () => arange(3), ['tensor([0, 1, 2], int32)']],
    ['bools', () => arange(3).gt(1), ['tensor([false, false,  true], bool)']],
    [
      'what is no number',
      () => tensor([nan, inf, -inf, 0.5]),
      ['tensor([   nan,    inf,   -inf, 0.5000], float32)'],
    ],
    ['small numbers', () => tensor([1e-10, 2]), ['tensor([1.0000e-10, 2.0000e+00], float32)']],
    ['large numbers', () => tensor([1e9]), ['tensor([1.0000e+09], float32)']],
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
        'tensor([0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500,',
        '        0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500,',
        '        0.2500, 0.2500], float32)',
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
      expect(log).toHaveBeenCalledWith('tensor([1.5000], float32)');
    } finally {
      log.mockRestore();
    }
    const shown = Reflect.get(tensor([1.5]), Symbol.for('nodejs.util.inspect.custom')) as (
      this: Tensor,
    ) => string;
    expect(shown.call(tensor([1.5]))).toBe('tensor([1.5000], float32)');
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
