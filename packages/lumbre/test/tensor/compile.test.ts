import { afterEach, describe, expect, test } from 'vitest';
import {
  arange,
  type CompiledFunction,
  compile,
  feed,
  guard,
  noGrad,
  ones,
  randn,
  scope,
  type Tensor,
  tensor,
} from '../../src/index.ts';

const made: { dispose(): void }[] = [];

/** A compiled function that is disposed of after the test, and the number of times its JavaScript has run. */
function counted<Args extends unknown[], Result>(fn: (...args: Args) => Result) {
  const calls = { count: 0 };
  const compiled: CompiledFunction<Args, Result> = compile((...args: Args) => {
    calls.count++;
    return fn(...args);
  });
  made.push(compiled);
  return { compiled, calls };
}

afterEach(() => {
  for (const compiled of made.splice(0)) compiled.dispose();
});

const one = (data: number[]) => tensor(data);

describe('compile()', () => {
  test('traces once for each signature, and replays on new values', () => {
    const { compiled, calls } = counted((x: Tensor, factor: number) => x.mul(factor).add(1));
    expect(compiled(one([1, 2]), 3).arraySync()).toEqual([4, 7]);
    expect(compiled(one([5, 6]), 3).arraySync()).toEqual([16, 19]);
    expect(calls.count).toBe(1);
    // Another number, shape or dtype is another program.
    expect(compiled(one([1, 2]), 4).arraySync()).toEqual([5, 9]);
    expect(compiled(one([1]), 3).arraySync()).toEqual([4]);
    expect(compiled(tensor([1, 2], { dtype: 'int32' }), 3).dtype).toBe('int32');
    expect(calls.count).toBe(4);
    expect(compiled.explain()).toHaveLength(4);
  });

  test('takes and gives structures', () => {
    const { compiled } = counted(({ x, list }: { x: Tensor; list: Tensor[] }) => ({
      sum: x.add(list[0] as Tensor),
      parts: x.unbind(),
      name: 'kept',
    }));
    for (const value of [1, 10]) {
      const { sum, parts, name } = compiled({ x: one([value, 2]), list: [one([1, 1])] });
      expect([sum.arraySync(), parts.map((t) => t.itemSync()), name]).toEqual([
        [value + 1, 3],
        [value, 2],
        'kept',
      ]);
    }
  });

  test('a result that is an argument is a value of its own', () => {
    const { compiled } = counted((x: Tensor) => x);
    const x = one([1, 2]);
    compiled(x);
    const y = compiled(x);
    x.dispose();
    expect(y.arraySync()).toEqual([1, 2]);
  });

  test('reads captured tensors at their current value', () => {
    const w = one([10]);
    const { compiled, calls } = counted((x: Tensor) => x.mul(w));
    expect(compiled(one([2])).arraySync()).toEqual([20]);
    w.assign(one([100]));
    expect(compiled(one([2])).arraySync()).toEqual([200]);
    expect(calls.count).toBe(1);
  });

  test('is traced once for a captured tensor whose value is held in another shape', () => {
    const weight = arange(6).realize().reshape(2, 3).realize();
    let traces = 0;
    const double = compile((x: Tensor) => {
      traces++;
      return x.mul(weight);
    });
    for (let call = 0; call < 3; call++) {
      expect(double(ones([2, 3])).arraySync()).toEqual([
        [0, 1, 2],
        [3, 4, 5],
      ]);
    }
    expect(traces).toBe(1);
    double.dispose();
  });

  test('assigns state, and gives the old value to those who hold it', () => {
    const state = one([1, 1]);
    const { compiled } = counted((x: Tensor) => {
      const before = state.clone();
      state.assign(state.add(x));
      return before;
    });
    const held = state.clone();
    const outputs = [1, 2, 3].map((v) => compiled(one([v, v])).arraySync());
    expect(outputs).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    expect([state.arraySync(), held.arraySync()]).toEqual([
      [7, 7],
      [1, 1],
    ]);
  });

  test('trains as the same code does outside', () => {
    const run = (wrap: (step: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => Tensor) => {
      const w = tensor([0.5, -0.25], { requiresGrad: true });
      const step = wrap((x, y) => {
        w.grad = null;
        const loss = x.matmul(w).sub(y).square().mean();
        loss.backward();
        noGrad(() => w.assign(w.sub((w.grad as Tensor).mul(0.1))));
        return loss.detach();
      });
      const losses = Array.from(
        { length: 5 },
        (_, i) =>
        scope(() => step(tensor([[1, i], [2, 1]]), tensor([i, 1])).itemSync()), // biome-ignore format: rows
      );
      return [...losses, ...w.dataSync(), ...(w.grad as Tensor).dataSync(), Number(w.requiresGrad)];
    };
    const outside = run((step) => step);
    const inside = run((step) => {
      const { compiled } = counted(step);
      return compiled;
    });
    // Devices may round between programs.
    expect(inside).toEqual(outside.map((value) => expect.closeTo(value, 5)));
  });

  test('feeds are refreshed at each replay', () => {
    let rate = 0;
    const { compiled, calls } = counted((x: Tensor) =>
      x.mul(feed(() => Float32Array.of(++rate), [], 'float32')),
    );
    expect([1, 2, 3].map(() => compiled(one([10])).itemSync())).toEqual([10, 20, 30]);
    expect(calls.count).toBe(1);
    expect(() => feed(() => new Float32Array(3), [2], 'float32')).toThrow(
      /feed: got 3 values for shape \[2\] of 2/,
    );
  });

  test('a guard that changes makes a new trace', () => {
    let training = true;
    const { compiled, calls } = counted((x: Tensor) => (guard(() => training) ? x.mul(2) : x.clone()));
    expect(compiled(one([1])).itemSync()).toBe(2);
    training = false;
    expect(compiled(one([1])).itemSync()).toBe(1);
    expect(compiled(one([1])).itemSync()).toBe(1);
    expect(calls.count).toBe(2);
  });

  test('inside another compiled function it is part of it', () => {
    const { compiled: double, calls } = counted((x: Tensor) => x.mul(2));
    const { compiled } = counted((x: Tensor) => double(x).add(1));
    expect([compiled(one([1])), compiled(one([2]))].map((t) => t.itemSync())).toEqual([3, 5]);
    expect(calls.count).toBe(1);
    expect(double.explain()).toHaveLength(0);
  });

  test('indices that are out of range are reported at a replay too', () => {
    const table = randn([3, 2]);
    const { compiled } = counted((ids: Tensor) => table.indexSelect(0, ids));
    const ids = (value: number) => tensor([value], { dtype: 'int32' });
    expect(compiled(ids(2)).shape).toEqual([1, 2]);
    expect(() => compiled(ids(3))).toThrow(/index 3 .*\[0, 3\)/);
    expect(compiled(ids(1)).shape).toEqual([1, 2]);
  });

  test('after a failure state is as it was', () => {
    const state = one([1]);
    const { compiled } = counted((x: Tensor) => {
      state.assign(state.add(x));
      throw new Error('halfway');
    });
    expect(() => compiled(one([5]))).toThrow('halfway');
    expect(state.arraySync()).toEqual([1]);
  });

  test('values cannot be read inside, and arguments must not require gradients', () => {
    const { compiled: reads } = counted((x: Tensor) => x.mul(x.sum().itemSync()));
    expect(() => reads(one([1, 2]))).toThrow(/a value cannot be read inside a compiled function/);
    const { compiled } = counted((x: Tensor) => x.mul(2));
    expect(() => compiled(tensor([1], { requiresGrad: true }))).toThrow(/an argument requires a gradient/);
    const { compiled: nothing } = counted(() => 3);
    expect(() => nothing()).toThrow(/returned no tensor and assigned none/);
  });
});
