import { describe, expect, test } from 'vitest';
import { compile, deviceNames, Generator, grad, keep, randn, type Tensor, tensor } from '../../src/index.ts';
import { type Quantized, VectorQuantizer, type VectorQuantizerOptions } from '../../src/nn/index.ts';
import reference from '../fixtures/vectorQuantizer.json' with { type: 'json' };
import { difference } from '../support/compare.ts';

const values = (t: Tensor | null): number[] => [...(t as Tensor).dataSync()];
const close = (actual: Tensor | null, expected: readonly number[], tolerance = 1e-5) =>
  expect(difference(values(actual), expected, { relative: tolerance, scaled: tolerance })).toBeNull();

const { codes, dim, count, options, initial, steps } = reference;

/** With the fixture's codes. */
function withCodes(more: VectorQuantizerOptions = {}): VectorQuantizer {
  const { dtype = 'float32', device } = more;
  const made = new VectorQuantizer(codes, dim, { ...options, generator: new Generator(1), ...more });
  const embedding = tensor(initial, { shape: [codes, dim], dtype, device });
  made.loadStateDict(
    new Map([['embedding', embedding], ...(made.embed_avg ? [['embed_avg', embedding] as const] : [])]),
    { strict: false },
  );
  return made;
}

const batch = (step: number, place: { dtype?: 'float32' | 'float64'; device?: string } = {}): Tensor =>
  tensor(steps[step]?.z as number[], { shape: [count, dim], ...place });

const results = ({ quantized, indices, loss, perplexity, usage }: Quantized) => [
  quantized,
  indices,
  loss,
  perplexity,
  usage,
];

describe.each(deviceNames())('moving averages on %s', (device) => {
  const dtype = device === 'js' ? 'float64' : 'float32';
  const tolerance = device === 'js' ? 1e-10 : 1e-5;

  test.each([false, true])('several steps as the reference, compiled: %s', (compiled) => {
    const quantizer = withCodes({ dtype, device });
    const forward = (z: Tensor) => results(quantizer.forward(z));
    const step = compiled ? compile(forward) : forward;
    steps.forEach((expected, i) => {
      const [quantized, indices, loss, perplexity, usage] = step(batch(i, { dtype, device })) as Tensor[];
      expect(values(indices as Tensor)).toEqual(expected.indices);
      close(quantized as Tensor, expected.quantized, tolerance);
      close(loss as Tensor, [expected.loss], tolerance);
      close(perplexity as Tensor, [expected.perplexity], tolerance);
      close(usage as Tensor, [expected.usage], tolerance);
      close(quantizer.embedding, expected.embedding, tolerance);
      close(quantizer.cluster_size, expected.cluster_size, tolerance);
      close(quantizer.embed_avg, expected.embed_avg, tolerance);
      if (compiled) for (const t of [quantized, indices, loss, perplexity, usage]) t?.dispose();
    });
    if (compiled) (step as ReturnType<typeof compile>).dispose();
    quantizer.dispose();
  });
});

describe('gradients', () => {
  const seed = tensor(
    Array.from({ length: count * dim }, (_, i) => Math.sin(i)),
    { shape: [count, dim] },
  );
  const nearest = steps[0]?.quantized as number[];
  const z = steps[0]?.z as number[];

  test('go straight through to the input', () => {
    const quantizer = withCodes();
    const gradient = grad((x: Tensor) => quantizer.forward(x).quantized.mul(seed).sum())(batch(0));
    close(gradient, values(seed));
    quantizer.dispose();
  });

  test('of the commitment: 2β (z - e) / elements', () => {
    const quantizer = withCodes();
    const gradient = grad((x: Tensor) => quantizer.forward(x).loss)(batch(0));
    close(
      gradient,
      z.map((value, i) => (2 * 0.5 * (value - (nearest[i] as number))) / z.length),
    );
    quantizer.dispose();
  });

  test('of the codes, without moving averages', () => {
    const quantizer = withCodes({ decay: 0 });
    expect([...quantizer.namedParameters().keys()]).toEqual(['embedding']);
    expect([...quantizer.stateDict().keys()]).toEqual(['embedding']);
    const { loss, quantized } = quantizer.forward(batch(0));
    const distance = z.reduce((sum, value, i) => sum + (value - (nearest[i] as number)) ** 2, 0) / z.length;
    close(loss, [1.5 * distance]);
    loss.add(quantized.sum()).backward();
    const expected = new Array<number>(codes * dim).fill(0);
    steps[0]?.indices.forEach((code, row) => {
      for (let column = 0; column < dim; column++) {
        const i = row * dim + column;
        (expected[code * dim + column] as number) +=
          (2 * ((nearest[i] as number) - (z[i] as number))) / z.length;
      }
    });
    close(quantizer.embedding.grad, expected);
    close(quantizer.embedding, initial);
    quantizer.zeroGrad();
    quantizer.dispose();
  });
});

describe('dead codes', () => {
  /** All vectors near one of the codes: the others starve. */
  const crowd = (seed: number) =>
    randn([64, 2], { generator: new Generator(seed) })
      .mul(0.1)
      .add(tensor([4, -4]));

  test.each([false, true])('are revived by vectors of the batch, compiled: %s', (compiled) => {
    const make = (reviveThreshold: number) =>
      new VectorQuantizer(8, 2, { decay: 0.5, reviveThreshold, generator: new Generator(3) });
    const usage = [0, 0.9].map((threshold) => {
      const quantizer = make(threshold);
      const forward = (z: Tensor) => quantizer.forward(z).usage;
      const step = compiled ? compile(forward) : forward;
      const uses = Array.from({ length: 8 }, (_, i) => step(crowd(i)).itemSync());
      if (threshold > 0) {
        // Every code is near the crowd.
        const distances = quantizer.embedding
          .sub(tensor([4, -4]))
          .square()
          .sum(-1)
          .sqrt();
        expect(Math.max(...values(distances))).toBeLessThan(0.6);
        expect(new Set(values(quantizer.embedding.select(1, 0))).size).toBe(8);
      }
      quantizer.dispose();
      return uses;
    });
    expect(usage[0]?.at(-1)).toBe(1 / 8);
    expect(usage[1]?.[0]).toBe(1 / 8);
    expect(usage[1]?.at(-1)).toBeGreaterThanOrEqual(6 / 8);
  });

  test('compiled and one by one they are the same, from one generator', () => {
    const run = (compiled: boolean) => {
      const quantizer = new VectorQuantizer(6, 2, {
        decay: 0.5,
        reviveThreshold: 0.9,
        initialize: 'batch',
        generator: new Generator(3),
      });
      const forward = (z: Tensor) => results(quantizer.forward(z));
      const step = compiled ? compile(forward) : forward;
      const seen = Array.from({ length: 5 }, (_, i) => (step(crowd(i)) as Tensor[]).flatMap(values));
      const state = values(quantizer.embedding);
      quantizer.dispose();
      return [...seen.flat(), ...state];
    };
    const [compiled, eager] = [run(true), run(false)];
    expect(difference(compiled, eager, { relative: 1e-5, scaled: 1e-5 })).toBeNull();
  });
});

describe('the first batch as codes', () => {
  test('is taken once, while training, and is part of the state', () => {
    const make = (seed: number) =>
      new VectorQuantizer(4, 2, { initialize: 'batch', decay: 0.9, generator: new Generator(seed) });
    const quantizer = make(1);
    const x = keep(randn([20, 2], { generator: new Generator(2) }));
    const rows = x.arraySync() as number[][];
    const before = values(quantizer.embedding);
    quantizer.eval().forward(x);
    expect(values(quantizer.embedding)).toEqual(before);
    const { quantized, usage } = quantizer.train().forward(x);
    // Each code stands for itself at least, so all are used, and each is a row.
    expect(usage.itemSync()).toBe(1);
    const known = new Set(rows.map(([a, b]) => `${a?.toFixed(4)},${b?.toFixed(4)}`));
    const used = new Set(
      (quantized.arraySync() as number[][]).map(([a, b]) => `${a?.toFixed(4)},${b?.toFixed(4)}`),
    );
    expect(used.size).toBe(4);
    for (const code of used) expect(known).toContain(code);

    const other = make(7);
    other.loadStateDict(quantizer.stateDict());
    for (const each of [quantizer, other]) each.forward(x.add(100));
    expect(values(other.embedding)).toEqual(values(quantizer.embedding));
    expect(Math.max(...values(other.embedding).slice(0, 2))).toBeLessThan(100);
    x.dispose();
    quantizer.dispose();
    other.dispose();
  });
});

describe('shapes', () => {
  test('of images with channels first, and back from indices', () => {
    const quantizer = withCodes({ channelsFirst: true }).eval();
    const x = randn([2, dim, 4, 5], { generator: new Generator(3) });
    const { quantized, indices } = quantizer.forward(x);
    expect([quantized.shape, indices.shape, indices.dtype]).toEqual([[2, dim, 4, 5], [2, 4, 5], 'int32']);
    close(quantizer.lookup(indices), values(quantized));
    const last = withCodes().eval();
    const byRows = last.forward(x.permute(0, 2, 3, 1));
    expect(values(byRows.indices)).toEqual(values(indices));
    close(byRows.quantized.permute(0, 3, 1, 2), values(quantized));
    close(last.lookup(indices), values(byRows.quantized));
    quantizer.dispose();
    last.dispose();
  });

  test('that do not fit, and options that make no sense', () => {
    const quantizer = withCodes({ channelsFirst: true });
    expect(() => quantizer.forward(randn([2, 4, dim]))).toThrow(
      'expected an input [batch, 3, ..], got [2, 4, 3]',
    );
    quantizer.dispose();
    expect(() => new VectorQuantizer(4, 2, { decay: 0, reviveThreshold: 1 })).toThrow(
      'no code is known to be dead',
    );
    expect(() => new VectorQuantizer(4, 2, { decay: 1 })).toThrow('decay must be from 0 to below 1');
    expect(() => new VectorQuantizer(0, 2)).toThrow('whole numbers of at least 1');
  });
});
