import { afterEach, describe, expect, test } from 'vitest';
import { type DType, dtypes, isFloat, isHalf, promote } from '../../src/graph/dtype.ts';
import type { HalfFloat } from '../../src/graph/halfFloat.ts';
import { makeNode, type OpName } from '../../src/graph/node.ts';
import { opTable } from '../../src/graph/ops.ts';
import {
  adaptiveMaxPool2d,
  cat,
  defaultDtype,
  explain,
  exponential,
  full,
  manualSeed,
  maxPool2d,
  memory,
  normal,
  rand,
  setDefaultDtype,
  Tensor,
  tensor,
  uniform,
  where,
} from '../../src/index.ts';
import { defaultDevice, deviceNames, setDefaultDevice } from '../../src/runtime/devices.ts';
import { uploadNode } from '../../src/tensor/realize.ts';
import { difference, tolerances } from '../support/compare.ts';
import { Random } from '../support/random.ts';

const halves: readonly HalfFloat[] = ['float16', 'bfloat16'];

afterEach(() => setDefaultDtype('float32'));

const on = <T>(device: string, f: () => T): T => {
  const before = defaultDevice();
  setDefaultDevice(device);
  try {
    return f();
  } finally {
    setDefaultDevice(before);
  }
};

/** The rows of the op table that compute on elements of floats. */
const elementwiseOps = (Object.keys(opTable) as OpName[]).filter((name) => {
  if (opTable[name].kind !== 'elementwise') return false;
  return !['bitcast', 'checkIndex', 'and', 'or', 'xor', 'shl', 'shr'].includes(name);
});

/** What an op keeps beside its sources. */
const argOf = (name: OpName) => (name === 'polygamma' ? { order: 1 } : null);

const arity = (name: OpName): number => {
  for (const count of [1, 2]) {
    try {
      makeNode(
        name,
        Array.from({ length: count }, () => full([1], 1).node),
        argOf(name) as never,
      );
      return count;
    } catch {}
  }
  return 3;
};

describe.each(halves)('%s', (dtype) => {
  /** One op of the table on tensors of 16-bit floats, as a node: its gradient uses ops so. */
  const applyOp = (name: OpName, device: string): Tensor => {
    const random = new Random(7);
    const count = arity(name);
    const ranges = opTable[name].testRange ?? [];
    const floats = name === 'where' ? 2 : count;
    const sources = Array.from({ length: floats }, (_, i) => {
      const [low, high] = ranges[i] ?? [-3, 3];
      const values = Array.from({ length: 11 }, () => random.uniform(low, high));
      return uploadNode(device, dtype, [11], values);
    });
    if (name === 'where')
      sources.unshift(uploadNode(device, 'bool', [11], [1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0]));
    return new Tensor(makeNode(name, sources, argOf(name) as never), device);
  };

  test.each(elementwiseOps)('op %s agrees with the oracle', (name) => {
    const expected = applyOp(name, 'js');
    const actual = applyOp(name, 'wasm');
    expect(actual.dtype).toBe(expected.dtype);
    // Both round once from something more precise: they differ by a step at most, where they differ at all.
    const step = isHalf(expected.dtype)
      ? { relative: dtype === 'float16' ? 2 ** -10 : 2 ** -7, scaled: 0 }
      : tolerances.bool;
    expect(difference(actual.dataSync(), expected.dataSync(), step)).toBe(null);
  });

  test('fused and step by step give the same bits', () => {
    const random = new Random(11);
    const [x, y, bias] = [[6, 19], [6, 19], [19]].map((shape) =>
      tensor(
        Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform(-2, 2)),
        { dtype, shape, device: 'wasm' },
      ),
    ) as [Tensor, Tensor, Tensor];
    const steps: ((t: Tensor) => Tensor)[] = [
      (t) => t.mul(y),
      (t) => t.add(bias),
      (t) => t.gelu(),
      (t) => t.sub(t.mean(1, { keepdim: true })),
      (t) => t.div(t.square().mean(1, { keepdim: true }).add(1e-3).sqrt()),
      (t) => t.mul(0.1),
      (t) => t.softmax(),
      (t) => t.matmul(y.T),
      (t) => t.tanh().sum(0),
    ];
    const fused = steps.reduce((t, step) => step(t), x);
    const stepped = steps.reduce((t, step) => step(t.realize()).realize(), x);
    expect(fused.dtype).toBe(dtype);
    expect([...fused.dataSync()]).toEqual([...stepped.dataSync()]);
  });

  test.each(deviceNames())('gradients flow in the dtype of the leaf on %s', (device) => {
    on(device, () => {
      const x = tensor([0.5, -1, 2], { dtype, requiresGrad: true });
      const w = tensor([[1, 2, 3]], { dtype: 'float32', requiresGrad: true });
      x.mul(w).square().sum().backward();
      expect(x.grad?.dtype).toBe(dtype);
      expect(w.grad?.dtype).toBe('float32');
      expect(x.grad?.arraySync()).toEqual([1, -8, 36]);
      expect(w.grad?.arraySync()).toEqual([[0.5, 4, 24]]);
    });
  });

  test.each(deviceNames())('sums are taken in float32 and rounded once on %s', (device) => {
    on(device, () => {
      const ones = full([4096], 1, { dtype });
      expect(ones.sum().itemSync()).toBe(4096);
      expect(
        full([5], 0, { dtype })
          .scatterAdd(0, full([4096], 3, { dtype: 'int32' }), ones)
          .arraySync(),
      ).toEqual([0, 0, 0, 4096, 0]);
      expect(ones.reshape(1, 4096).matmul(ones.reshape(4096, 1)).itemSync()).toBe(4096);
      expect(ones.cumsum(0).dataSync()[4095]).toBe(4096);
    });
  });

  test.each(deviceNames())('takes 2 bytes an element on %s', (device) => {
    const before = memory(device).liveBytes;
    const t = tensor(new Float32Array(4096), { dtype, device });
    expect(memory(device).liveBytes - before).toBe(8192);
    t.dispose();
    expect(memory(device).liveBytes).toBe(before);
  });

  test.each(deviceNames())('a cast rounds, and a number beside a tensor does not, on %s', (device) => {
    on(device, () => {
      const third = tensor(1 / 3)
        .to(dtype)
        .to('float32')
        .itemSync();
      expect(third).not.toBe(Math.fround(1 / 3));
      expect(third).toBe(tensor([1 / 3], { dtype }).dataSync()[0]);
      // 3 · 0.1 rounded once is not 3 times the rounded 0.1.
      const steps = dtype === 'float16' ? 2 ** -12 : 2 ** -9;
      expect(Math.abs(tensor([3], { dtype }).mul(0.1).itemSync() - 0.3)).toBeLessThan(steps);
    });
  });

  test.each(deviceNames())('random numbers stay below the upper end on %s', (device) => {
    on(device, () => {
      manualSeed(7);
      const drawn = rand([4000], { dtype }).dataSync();
      expect(Math.max(...drawn)).toBeLessThan(1);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
      expect(new Set(drawn).size).toBeGreaterThan(200);
      expect(uniform(-2, 2, [4000], { dtype }).mean().itemSync()).toBeCloseTo(0, 1);
      const spread = normal(0, 1, [4000], { dtype });
      expect(spread.dtype).toBe(dtype);
      expect(spread.float().std().itemSync()).toBeCloseTo(1, 1);
      const late = exponential(1, [4000], { dtype }).float();
      expect(late.isfinite().all().itemSync()).toBe(1);
      expect(late.mean().itemSync()).toBeCloseTo(1, 1);
    });
  });

  test('is read as a Float32Array, and printed', () => {
    const t = tensor([1, 0.1, -2.5], { dtype });
    expect(t.dataSync()).toBeInstanceOf(Float32Array);
    expect(`${t}`).toBe(`tensor([ 1. ,  0.1, -2.5], ${dtype})`);
  });

  test('can be the default', () => {
    setDefaultDtype(dtype);
    expect(defaultDtype()).toBe(dtype);
    expect(tensor([1, 2]).dtype).toBe(dtype);
    expect(tensor([1, 2], { dtype: 'int32' }).div(3).dtype).toBe(dtype);
  });

  test.each([
    ['a matrix', 33],
    ['a row', 1],
  ])('the product of %s reads 16-bit weights as they are', (_, rows) => {
    const matrix = (shape: number[]) =>
      tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5), { shape, dtype });
    const x = matrix([rows, 20]);
    for (const product of [x.matmul(matrix([20, 17])), x.matmul(matrix([17, 20]).T)]) {
      // No copy in float32 takes memory: of a row, one kernel; of a matrix, the product and its rounding.
      const kernels = explain(product).match(/^ {2}\d+\. \w+/gm);
      expect(kernels?.map((line) => line.trim())).toEqual(rows === 1 ? ['1. rows'] : ['1. dot', '2. map']);
      expect(product.arraySync()).toEqual(new Array(rows).fill(new Array(17).fill(5)));
    }
  });
});

describe('promotion', () => {
  test('is symmetric, keeps equal dtypes and is associative', () => {
    for (const a of dtypes) {
      expect(promote(a, a)).toBe(a);
      for (const b of dtypes) {
        expect(promote(a, b)).toBe(promote(b, a));
        expect(isFloat(promote(a, b))).toBe(isFloat(a) || isFloat(b));
        for (const c of dtypes) expect(promote(promote(a, b), c)).toBe(promote(a, promote(b, c)));
      }
    }
  });

  test('what neither holds goes one further', () => {
    const pairs: [DType, DType, DType][] = [
      ['uint8', 'int8', 'int32'],
      ['float16', 'bfloat16', 'float32'],
      ['int32', 'bfloat16', 'bfloat16'],
      ['bool', 'int8', 'int8'],
    ];
    for (const [a, b, both] of pairs) expect(promote(a, b)).toBe(both);
    const mixed = [tensor([1], { dtype: 'float16' }), tensor([2], { dtype: 'bfloat16' })];
    expect(cat(mixed).dtype).toBe('float32');
    expect(where(tensor([true]), mixed[0] as Tensor, 2).dtype).toBe('float16');
  });
});

describe('int8', () => {
  test.each(deviceNames())('holds -128 to 127 and wraps on %s', (device) => {
    on(device, () => {
      const t = tensor(Int8Array.of(127, -128, 5));
      expect(t.dtype).toBe('int8');
      expect(t.add(1).arraySync()).toEqual([-128, -127, 6]);
      expect(t.add(1).dtype).toBe('int8');
      expect(t.add(300).arraySync()).toEqual([427, 172, 305]);
      expect(t.mul(2.5).dtype).toBe('float32');
      expect(t.dataSync()).toEqual(Int8Array.of(127, -128, 5));
      expect(t.bool().arraySync()).toEqual([1, 1, 1]);
    });
  });

  test.each([9, 40])('a row of %i is sorted with its sign', (size) => {
    const values = Int8Array.from({ length: size }, (_, i) => (i * 77) % 256);
    for (const descending of [false, true]) {
      const order = deviceNames().map((device) => {
        const source = uploadNode(device, 'int8', [size], values);
        return [...new Tensor(makeNode('argsort', [source], { axis: 0, descending }), device).dataSync()];
      });
      const sorted = [...values].sort((a, b) => (descending ? b - a : a - b));
      for (const indices of order) expect(indices.map((i) => values[i])).toEqual(sorted);
    }
  });

  test('the largest of a window is not the padding around it', () => {
    const image = tensor(new Int8Array(16).fill(-100), { shape: [1, 4, 4] });
    for (const pooled of [maxPool2d(image, 2, { padding: 1 }), adaptiveMaxPool2d(image, 3)]) {
      expect((pooled as Tensor).dtype).toBe('int8');
      expect((pooled as Tensor).max().itemSync()).toBe(-100);
      expect((pooled as Tensor).min().itemSync()).toBe(-100);
    }
  });

  test('what does not fit is refused', () => {
    expect(() => tensor([128], { dtype: 'int8' })).toThrow(/128 at position 0 does not fit int8/);
    expect(() => tensor([-129], { dtype: 'int8' })).toThrow(/does not fit int8/);
    expect(tensor([-1.5, 127], { dtype: 'int8' }).arraySync()).toEqual([-1, 127]);
  });

  test('quantized weights are widened inside the kernel', () => {
    const weights = tensor(
      Int8Array.from({ length: 64 }, (_, i) => i * 4 - 128),
      { shape: [4, 16] },
    );
    const scale = tensor([0.5, 0.25, 2, 1]).unsqueeze(1);
    const x = tensor(new Float32Array(16).fill(1));
    const y = weights.mul(scale).matmul(x);
    expect(explain(y).match(/^ {2}\d+\. /gm)).toHaveLength(1);
    expect(y.arraySync()).toEqual([-784, -136, 960, 1504]);
  });
});

describe('a typed array given without a copy', () => {
  test('is the memory of the js device where dtypes agree', () => {
    const data = Float32Array.of(1, 2, 3);
    const own = tensor(data, { device: 'js', copy: false });
    const copied = tensor(data, { device: 'js' });
    const converted = tensor(data, { device: 'js', dtype: 'float16', copy: false });
    data[0] = 9;
    expect(own.arraySync()).toEqual([9, 2, 3]);
    expect(copied.arraySync()).toEqual([1, 2, 3]);
    expect(converted.arraySync()).toEqual([1, 2, 3]);
  });

  test('is copied by wasm all the same', () => {
    const data = Float32Array.of(1, 2, 3);
    const t = tensor(data, { device: 'wasm', copy: false });
    data[0] = 9;
    expect(t.arraySync()).toEqual([1, 2, 3]);
  });
});
