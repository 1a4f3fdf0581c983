import { afterEach, describe, expect, test, vi } from 'vitest';
import { platformName } from '#platform';
import { checkpoint, explain, memory, noGrad, randn, type Tensor, tensor } from '../../src/index.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('reading a value that will be differentiated', () => {
  const parameter = (...shape: number[]) => {
    const t = randn(shape).realize();
    t.requiresGrad = true;
    return t;
  };
  const products = (t: Tensor) => explain(t).match(/ dot\(/g)?.length ?? 0;

  test('keeps the products that its gradient needs', () => {
    const [x, v, w] = [randn([8, 8]).realize(), parameter(8, 8), parameter(8, 8)];
    const loss = () => x.matmul(v).tanh().matmul(w).square().mean();
    const fresh = loss();
    fresh.backward();
    const expected = (v.grad as Tensor).arraySync();
    for (const t of [v, w]) t.grad = null;
    const read = loss();
    read.itemSync();
    read.backward();
    // Two of the backward pass; forward there is nothing left to multiply.
    expect(products(v.grad as Tensor)).toBe(2);
    expect((v.grad as Tensor).arraySync()).toEqual(expected);
  });

  test('keeps nothing of what is computed again anyway', () => {
    const [v, w] = [parameter(8, 8), parameter(8, 8)];
    const x = randn([8, 8]).realize();
    const block = (a: Tensor) => a.matmul(v).tanh().matmul(w).tanh();
    const bytesKept = (y: Tensor) => {
      const before = memory().liveBytes;
      y.dataSync();
      return memory().liveBytes - before;
    };
    const [plain, again] = [bytesKept(block(x)), bytesKept(checkpoint(block, x))];
    // The value and two products, against the value alone.
    expect(plain).toBe(3 * again);
  });

  test('keeps nothing where no gradient is asked for', () => {
    const [x, v, w] = [randn([8, 8]).realize(), parameter(8, 8), parameter(8, 8)];
    const y = x.matmul(v).tanh();
    const z = y.matmul(w);
    noGrad(() => z.dataSync());
    expect(products(y)).toBe(1);
  });
});

test('reading what a very long computation leads to says what to do', () => {
  const lines: string[] = [];
  const keep = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  if (platformName === 'node') vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  else vi.spyOn(console, 'warn').mockImplementation(keep);
  let x = tensor([1], { device: 'js' });
  for (let i = 0; i < 10_001; i++) x = x.add(1).mul(0.5);
  expect(x.itemSync()).toBeCloseTo(1);
  expect(lines.join()).toMatch(/more than 20000 operations .* compile\(\) the function/);
});
