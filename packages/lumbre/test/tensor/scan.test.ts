import { describe, expect, test } from 'vitest';
import {
  arange,
  checkpoint,
  compile,
  convTranspose1d,
  type DType,
  deviceNames,
  explain,
  grad,
  jvp,
  noGrad,
  ones,
  randn,
  type ScanOptions,
  scan,
  stack,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from '../../src/index.ts';
import { collectTensors } from '../../src/tensor/structure.ts';
import lstm from '../fixtures/lstm.json' with { type: 'json' };
import { difference } from '../support/compare.ts';

const slack = { relative: 1e-4, scaled: 1e-5 };

/** What `scan` stands for, step by step. */
function unrolled<Carry, Slices extends Tensor, Value extends Tensor>(
  fn: (carry: Carry, x: Slices) => readonly [Carry, Value],
  init: Carry,
  xs: Slices,
  { reverse = false }: ScanOptions = {},
): [Carry, Tensor] {
  const count = xs.shape[0] as number;
  const ys: Tensor[] = [];
  let carry = init;
  for (let step = 0; step < count; step++) {
    const position = reverse ? count - 1 - step : step;
    const [next, y] = fn(carry, xs.select(0, position) as Slices);
    carry = next;
    ys[position] = y;
  }
  return [carry, stack(ys)];
}

const scanned = scan as typeof unrolled;

const expectSame = (actual: unknown, expected: unknown, tolerance = slack) => {
  const [a, e] = [collectTensors(actual), collectTensors(expected)];
  expect(a.map(({ shape, dtype }) => [shape, dtype])).toEqual(e.map(({ shape, dtype }) => [shape, dtype]));
  a.forEach((t, i) => {
    expect(difference(t.dataSync(), (e[i] as Tensor).dataSync(), tolerance), `tensor ${i}`).toBeNull();
  });
};

describe.each(deviceNames())('%s agrees with the unrolled computation', (device) => {
  const options = { device };
  const weights = () => randn([3, 3], options).mul(0.5);
  const recurrences: Record<string, (w: Tensor) => (h: Tensor, x: Tensor) => readonly [Tensor, Tensor]> = {
    'a recurrent cell': (w) => (h, x) => {
      const next = h.matmul(w).add(x).tanh();
      return [next, next.mul(2)];
    },
    'a cell whose value is the carry': (w) => (h, x) => {
      const next = h.matmul(w.T).mul(x).sigmoid();
      return [next, next];
    },
    'a carry that is kept as it was': (w) => (h, x) => [h.mul(x).sin().matmul(w), h],
    'softmax along the carry': (w) => (h, x) => [h.add(x).softmax(-1).matmul(w), h.mul(x).sum(-1)],
    'weights in several places': (w) => (h, x) => {
      const next = h.matmul(w).add(w.sum(0)).add(x.matmul(w.exp()).mul(0.1)).mul(w.select(0, 1)).tanh();
      return [next, next.matmul(w).mul(x)];
    },
    'steps that do not see the carry': (w) => (h, x) => [h, x.matmul(w).square()],
    'a carry that is replaced': (w) => (h, x) => [x, h.matmul(w)],
    'what flows back is stopped': (w) => (h, x) => [h.detach().matmul(w).add(x), h.mul(x.detach())],
  };
  const cases = Object.entries(recurrences).flatMap(([name, make]) =>
    [1, 2, 5].flatMap((length) => [false, true].map((reverse) => ({ name, make, length, reverse }))),
  );

  test.each(cases)('$name, $length steps, reverse: $reverse', ({ make, length, reverse }) => {
    const init = randn([2, 3], options);
    const xs = randn([length, 2, 3], options);
    const w = weights();
    const loss = (loop: typeof unrolled) => (i: Tensor, x: Tensor, m: Tensor) => {
      const [last, ys] = loop(make(m), i, x, { reverse });
      return last
        .square()
        .sum()
        .add(ys.mul(ys.detach().add(1)).sum())
        .add(ys.sum());
    };
    expectSame(scanned(make(w), init, xs, { reverse }), unrolled(make(w), init, xs, { reverse }));
    const argnums = [0, 1, 2] as const;
    const [actual, expected] = [scanned, unrolled].map((loop) =>
      valueAndGrad(loss(loop), { argnums })(init, xs, w),
    );
    expectSame(actual, expected);
    const curvature = (loop: typeof unrolled) =>
      grad(
        (i: Tensor, x: Tensor, m: Tensor) => {
          const gradients = grad(loss(loop), { argnums })(i, x, m);
          return gradients.map((g) => g.square().sum()).reduce((a, b) => a.add(b));
        },
        { argnums },
      )(init, xs, w);
    expectSame(curvature(scanned), curvature(unrolled), { relative: 1e-3, scaled: 1e-4 });
    const along = [init, xs, w].map((t) => randn(t.shape, options)) as [Tensor, Tensor, Tensor];
    const tangent = (loop: typeof unrolled) => jvp(loss(loop), [init, xs, w] as const, along);
    expectSame(tangent(scanned), tangent(unrolled), { relative: 1e-3, scaled: 1e-4 });
  });

  test('without the last carry, or without the values', () => {
    const [init, xs, w] = [randn([2, 3], options), randn([4, 2, 3], options), weights()];
    const cell = (m: Tensor) => (h: Tensor, x: Tensor) => {
      const next = h.matmul(m).add(x).tanh();
      return [next, next.mul(x)] as const;
    };
    for (const part of [0, 1] as const) {
      const of = (loop: typeof unrolled) =>
        grad((m: Tensor) => loop(cell(m), init, xs)[part].square().sum())(w);
      expectSame(of(scanned), of(unrolled));
    }
  });

  test('structures, several dtypes, and a counter', () => {
    const xs = { a: randn([4, 2], options), b: arange(4, options).to('int32') };
    const init = {
      sum: zeros([2], options),
      seen: [tensor(0, { dtype: 'int32', ...options })],
      flag: tensor([true, false], options),
    };
    const [last, ys] = scan(
      ({ sum, seen: [count], flag }, { a, b }) => [
        { sum: sum.add(a), seen: [(count as Tensor).add(b)], flag: flag.logicalNot() },
        [{ total: sum.add(a).mul(count as Tensor) }, flag, null] as const,
      ],
      init,
      xs,
    );
    expect([last.sum.dtype, last.seen[0]?.dtype, last.flag.dtype]).toEqual(['float32', 'int32', 'bool']);
    expect(last.seen[0]?.itemSync()).toBe(6);
    expect(last.flag.arraySync()).toEqual([1, 0]);
    expectSame(last.sum, xs.a.sum(0));
    expect(ys[1].arraySync()).toEqual([[1, 0], [0, 1], [1, 0], [0, 1]]); // biome-ignore format: a matrix
    expect(ys[2]).toBeNull();
    expectSame(ys[0].total, xs.a.cumsum(0).mul(tensor([0, 0, 1, 3], options).unsqueeze(1)));
  });

  test('carries that change places', () => {
    const one = tensor(1, { dtype: 'int32', ...options });
    const [[a, b], ys] = scan(
      ([x, y]: Tensor[]) => [[y as Tensor, (x as Tensor).add(y as Tensor)], x as Tensor],
      [one, one],
      null,
      { length: 10 },
    );
    expect([(a as Tensor).itemSync(), (b as Tensor).itemSync()]).toEqual([89, 144]);
    expect(ys.arraySync()).toEqual([1, 1, 2, 3, 5, 8, 13, 21, 34, 55]);
    const [swapped] = scan(
      ([x, y]: Tensor[]) => [[y as Tensor, x as Tensor], null],
      [one, one.add(6)],
      null,
      { length: 3 },
    );
    expect(swapped.map((t) => (t as Tensor).itemSync())).toEqual([7, 1]);
    const [same] = scan((x: Tensor) => [x, null] as const, one, null, { length: 3 });
    expect(same.itemSync()).toBe(1);
  });

  test('one value for several results', () => {
    const xs = randn([3, 2], options);
    const [[a, b], [y, z, w]] = scan<Tensor[], Tensor, Tensor[]>(
      ([p]: Tensor[], x: Tensor) => {
        const next = (p as Tensor).add(x);
        return [
          [next, next],
          [next, next, x],
        ];
      },
      [zeros([2], options), zeros([2], options)],
      xs,
    );
    for (const t of [a, b]) expectSame(t, xs.sum(0));
    for (const t of [y, z]) expectSame(t, xs.cumsum(0));
    expectSame(w, xs);
  });

  test('no step and one', () => {
    const init = randn([2], options);
    const step = (h: Tensor, x: Tensor) => [h.add(x), h.mul(x).to('float32')] as const;
    const [last, ys] = scan(step, init, zeros([0, 2], options));
    expectSame(last, init);
    expect([ys.shape, ys.dtype]).toEqual([[0, 2], 'float32']);
    const gradient = grad((i: Tensor) => {
      const [l, y] = scan(step, i, zeros([0, 2], options));
      return l.sum().add(y.sum());
    })(init);
    expect(gradient.arraySync()).toEqual([1, 1]);
    expectSame(scan(step, init, ones([1, 2], options)), [init.add(1), init.unsqueeze(0)]);
  });

  test('nothing in a slice', () => {
    const [last, ys] = scan(
      (h: Tensor, x: Tensor) => [h.add(x.sum()), x.mul(2)] as const,
      zeros([], options),
      zeros([3, 0], options),
    );
    expect(last.itemSync()).toBe(0);
    expect(ys.shape).toEqual([3, 0]);
    const [empty, count] = scan(
      (h: Tensor, x: Tensor) => [h.mul(2), x.add(1)] as const,
      zeros([0], options),
      zeros([3, 2], options),
    );
    expect(empty.shape).toEqual([0]);
    expectSame(count, ones([3, 2], options));
  });

  test('a loop in a loop', () => {
    const xs = randn([3, 4, 2], options).mul(0.5);
    const w = randn([2, 2], options).mul(0.5);
    const inner = (m: Tensor) => (h: Tensor, x: Tensor) => {
      const next = h.matmul(m).add(x).tanh();
      return [next, next.mul(x)] as const;
    };
    const outer = (loop: typeof unrolled, m: Tensor) => (h: Tensor, x: Tensor) => {
      const [last, ys] = loop(inner(m), h.unsqueeze(0), x.unsqueeze(1));
      return [last.squeeze(0), ys.sum(0).squeeze(0)] as const;
    };
    const init = zeros([2], options);
    const loss = (loop: typeof unrolled) => (m: Tensor, x: Tensor) => {
      const [last, ys] = loop(outer(loop, m), init, x);
      return last.sum().add(ys.square().sum());
    };
    expectSame(loss(scanned)(w, xs), loss(unrolled)(w, xs));
    const both = { argnums: [0, 1] } as const;
    expectSame(grad(loss(scanned), both)(w, xs), grad(loss(unrolled), both)(w, xs));
    const second = (loop: typeof unrolled) =>
      grad((m: Tensor, x: Tensor) => grad(loss(loop))(m, x).square().sum(), both)(w, xs);
    expectSame(second(scanned), second(unrolled), { relative: 1e-3, scaled: 1e-4 });
  });

  test('a gradient in a loop: a descent that is differentiated', () => {
    const targets = randn([5, 3], options);
    const descent = (loop: typeof unrolled) => (rate: Tensor, start: Tensor) => {
      const step = (p: Tensor, target: Tensor) => {
        const g = grad((q: Tensor) => q.sub(target).square().square().sum())(p);
        const next = p.sub(g.mul(rate));
        return [next, next.sum()] as const;
      };
      return loop(step, start, targets)[0].square().sum();
    };
    const args = [tensor(0.01, options), zeros([3], options)] as const;
    const both = { argnums: [0, 1] } as const;
    expectSame(grad(descent(scanned), both)(...args), grad(descent(unrolled), both)(...args));
  });

  test('indices, reductions and tables from outside', () => {
    const table = randn([6, 3], options);
    const w = weights();
    const ids = tensor([[0, 5], [2, 2], [4, 1]], { dtype: 'int32', ...options }); // biome-ignore format: a matrix
    const loss = (loop: typeof unrolled) => (t: Tensor, m: Tensor) => {
      const step = (h: Tensor, id: Tensor) => {
        const next = h.add(t.indexSelect(0, id)).matmul(m).softmax(-1);
        return [next, next.max(-1)] as const;
      };
      const [last, ys] = loop(step, zeros([2, 3], options), ids);
      return last.sum().add(ys.square().sum());
    };
    const both = { argnums: [0, 1] } as const;
    expectSame(valueAndGrad(loss(scanned), both)(table, w), valueAndGrad(loss(unrolled), both)(table, w));
  });

  test('an index out of range is reported', () => {
    const table = randn([4, 3], options);
    const ids = tensor([1, 9, 2], { dtype: 'int32', ...options });
    const [sum] = scan(
      (h: Tensor, id: Tensor) => [h.add(table.indexSelect(0, id.unsqueeze(0)).squeeze(0)), null] as const,
      zeros([3], options),
      ids,
    );
    expect(() => sum.dataSync()).toThrow(/index 9 is outside the valid range \[0, 4\)/);
  });

  test('16-bit floats', () => {
    const half = { dtype: 'float16', ...options } as const;
    const [w, xs, init] = [randn([4, 4], half).mul(0.4), randn([40, 2, 4], half), zeros([2, 4], half)];
    const loss = (loop: typeof unrolled) => (m: Tensor, x: Tensor) =>
      loop((h: Tensor, y: Tensor) => [h.matmul(m).add(y).tanh(), h.mul(m.sum(0))] as const, init, x)[1]
        .square()
        .mean();
    const both = { argnums: [0, 1] } as const;
    const loose = { relative: 2e-2, scaled: 2e-2 };
    expectSame(valueAndGrad(loss(scanned), both)(w, xs), valueAndGrad(loss(unrolled), both)(w, xs), loose);
  });

  test('slices of what overlapping windows add up to', () => {
    const [x, kernel] = [randn([4, 3, 6], options), randn([3, 2, 4], options)];
    const loss = (loop: typeof unrolled) => (input: Tensor) => {
      const signal = convTranspose1d(input, kernel, { stride: 2 });
      return loop(
        (h: Tensor, s: Tensor) => [h.mul(0.5).add(s), h.mul(s)] as const,
        zeros([2, 14], options),
        signal,
      )[1].sum();
    };
    expectSame(valueAndGrad(loss(scanned))(x), valueAndGrad(loss(unrolled))(x));
  });

  test('what is drawn inside is the same in each step', () => {
    const ys = scan((h: Tensor) => [h, randn([3], options)] as const, zeros([], options), null, {
      length: 4,
    })[1];
    const [first, ...rest] = ys.arraySync() as number[][];
    for (const row of rest) expect(row).toEqual(first);
  });

  test('in checkpoint, and under noGrad', () => {
    const [xs, w] = [randn([4, 2, 3], options), weights()];
    const run = (m: Tensor) =>
      scan(
        (h: Tensor, x: Tensor) => [h.matmul(m).add(x).tanh(), h.sum()] as const,
        zeros([2, 3], options),
        xs,
      )[0];
    const gradient = grad((m: Tensor) => run(m).square().sum())(w);
    expectSame(grad((m: Tensor) => checkpoint(run, m).square().sum())(w), gradient);
    expectSame(
      noGrad(() => run(w)),
      run(w),
    );
  });

  test('compiled: a training step with parameters from outside', () => {
    const make = () => {
      const w = tensor([[0.5, -0.3], [0.2, 0.4]], options); // biome-ignore format: a matrix
      w.requiresGrad = true;
      return w;
    };
    const [first, second] = [make(), make()];
    const xs = randn([4, 3, 2], options).realize();
    const trainer = (loop: typeof unrolled, w: Tensor) =>
      compile((x: Tensor) => {
        const [last, ys] = loop(
          (h: Tensor, s: Tensor) => [h.matmul(w).add(s).tanh(), h.sum(-1)] as const,
          zeros([3, 2], options),
          x,
        );
        const loss = last.square().sum().add(ys.sum());
        loss.backward();
        noGrad(() => w.assign(w.sub((w.grad as Tensor).mul(0.1))));
        w.grad = null;
        return loss;
      });
    const steps = [trainer(scanned, first), trainer(unrolled, second)];
    for (let i = 0; i < 3; i++) {
      const [a, e] = steps.map((step) => step(xs));
      expectSame(a, e);
    }
    expectSame(first, second);
    for (const step of steps) step.dispose();
  });

  test('backward() after the value was read', () => {
    const w = weights();
    w.requiresGrad = true;
    const xs = randn([4, 2, 3], options);
    const [last] = scan(
      (h: Tensor, x: Tensor) => [h.matmul(w).add(x).tanh(), null] as const,
      zeros([2, 3], options),
      xs,
    );
    last.realize();
    last.sum().backward();
    const expected = grad((m: Tensor) =>
      unrolled(
        (h: Tensor, x: Tensor) => [h.matmul(m).add(x).tanh(), h] as const,
        zeros([2, 3], options),
        xs,
      )[0].sum(),
    )(w.detach());
    expectSame(w.grad, expected);
  });
});

describe("PyTorch's LSTM", () => {
  type Written = { readonly shape: number[]; readonly data: number[] };
  const cases = deviceNames().flatMap((device) =>
    (device === 'js' ? ['float64', 'float32'] : ['float32']).map(
      (dtype) => [device, dtype as DType] as const,
    ),
  );

  test.each(cases)('on %s in %s', (device, dtype) => {
    const read = ({ shape, data }: Written) => tensor(data, { device, dtype }).reshape(shape);
    const all = (written: Record<string, Written>) =>
      Object.fromEntries(Object.entries(written).map(([name, value]) => [name, read(value)])) as Record<
        string,
        Tensor
      >;
    const seeds = all(lstm.seeds);
    const run = (p: Record<string, Tensor>) => {
      const at = (name: string) => p[name] as Tensor;
      const [[h, c], output] = scan(
        ([before, cell]: Tensor[], x: Tensor) => {
          const gates = x
            .matmul(at('weight_ih_l0').T)
            .add(at('bias_ih_l0'))
            .add((before as Tensor).matmul(at('weight_hh_l0').T))
            .add(at('bias_hh_l0'));
          const [i, f, g, o] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor];
          const next = f
            .sigmoid()
            .mul(cell as Tensor)
            .add(i.sigmoid().mul(g.tanh()));
          const hidden = o.sigmoid().mul(next.tanh());
          return [[hidden, next], hidden] as const;
        },
        [at('h0').squeeze(0), at('c0').squeeze(0)],
        at('x'),
      ) as [Tensor[], Tensor];
      return { output, h: (h as Tensor).unsqueeze(0), c: (c as Tensor).unsqueeze(0) };
    };
    const inputs = all(lstm.inputs);
    const tolerance = dtype === 'float64' ? { relative: 1e-10, scaled: 1e-11 } : slack;
    expectSame(run(inputs), all(lstm.outputs), tolerance);
    const gradients = grad((p: Record<string, Tensor>) => {
      const outputs = Object.entries(run(p));
      return outputs.map(([name, t]) => t.mul(seeds[name] as Tensor).sum()).reduce((a, b) => a.add(b));
    })(inputs);
    expectSame(gradients, all(lstm.gradients), tolerance);
  });
});

describe('the program', () => {
  const cell = (length: number) => {
    const [w, xs] = [
      randn([4, 4], { device: 'wasm' }).realize(),
      randn([length, 2, 4], { device: 'wasm' }).realize(),
    ];
    return scan(
      (h: Tensor, x: Tensor) => [h.matmul(w).add(x).tanh(), h] as const,
      zeros([2, 4], { device: 'wasm' }),
      xs,
    )[0];
  };

  test('has the same kernels however many steps there are', () => {
    const lines = (length: number) => explain(cell(length)).split('\n').length;
    expect(lines(200)).toBe(lines(3));
    expect(explain(cell(200))).toMatch(/scan: .*\n.*length=200 output=0.*\n +each step, 1\. dot:/);
  });

  test('computes a loop once, whatever is asked of it and of its gradient', () => {
    const w = randn([4, 4], { device: 'wasm' }).realize();
    const xs = randn([9, 2, 4], { device: 'wasm' }).realize();
    const loss = (m: Tensor) => {
      const [last, ys] = scan(
        (h: Tensor, x: Tensor) => {
          const next = h.matmul(m).add(x).tanh();
          return [next, next.mul(x)] as const;
        },
        zeros([2, 4], { device: 'wasm' }),
        xs,
      );
      return last.sum().add(ys.square().sum());
    };
    const text = explain(valueAndGrad(loss)(w));
    expect(text.match(/\d+\. scan:/g)).toHaveLength(2);
    // The gradient of the weights is one product after the loop, as long as all steps.
    expect(text).toMatch(/reshape\d+ = reshape\(\S+\) {2}float32\[4, 18\]/);
  });
});

describe('errors', () => {
  const x = zeros([3, 2]);
  const keep = (h: Tensor, y: Tensor) => [h, y] as const;
  test.each<[string, () => unknown, RegExp]>([
    [
      'a carry of another shape',
      () => scan((h: Tensor) => [h.sum(), h] as const, zeros([2]), x),
      /"float32\[2\]" at first and "float32\[\]" after a step/,
    ],
    [
      'a carry of another dtype',
      () => scan((h: Tensor) => [h.gt(0), h] as const, zeros([2]), x),
      /the carry is "float32\[2\]" at first and "bool/,
    ],
    [
      'another structure',
      () => scan((h: unknown) => [[h], h] as const, zeros([2]) as unknown, x),
      /must keep its structure/,
    ],
    ['no pair', () => scan(((h: Tensor) => h) as never, zeros([2]), x), /must return \[carry, y\]/],
    [
      'lengths',
      () => scan((h: Tensor) => [h, null] as const, zeros([2]), [x, zeros([4])]),
      /tensor 1 of xs is \[4\], with 4 slices .* expected 3, as the first/,
    ],
    ['another length', () => scan(keep, zeros([2]), x, { length: 5 }), /expected 5, the length/],
    ['no length', () => scan((h: Tensor) => [h, null] as const, zeros([2]), null), /say with `length`/],
    [
      'half a step',
      () => scan((h: Tensor) => [h, null] as const, zeros([2]), null, { length: 1.5 }),
      /length must be a whole number from 0, got 1.5/,
    ],
    ['a scalar', () => scan(keep, zeros([]), zeros([])), /tensor 0 of xs is a scalar/],
    [
      'devices',
      () => scan(keep, zeros([2], { device: 'js' }), zeros([3, 2], { device: 'wasm' })),
      /scan: one tensor is on device 'js' and another on 'wasm'/,
    ],
    [
      'nothing',
      () => scan((h: null) => [h, h] as const, null, null, { length: 3 }),
      /no tensor in init and xs/,
    ],
    [
      'reading a value',
      () => scan((h: Tensor, y: Tensor) => [h.mul(y.itemSync()), h] as const, zeros([]), zeros([3])),
      /scan: a value inside the function .* cannot be read/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  test('a value that was kept outside', () => {
    let kept: Tensor | undefined;
    scan(
      (h: Tensor, y: Tensor) => {
        kept = h.add(y).detach();
        return [h, y] as const;
      },
      zeros([2]),
      x,
    );
    expect(() => kept?.dataSync()).toThrow(/disposed/);
  });
});
