import { describe, expect, test } from 'vitest';
import { arange, compile, noGrad, type Tensor, tensor } from '../../src/index.ts';
import {
  caseOf,
  cases,
  layoutOf,
  load,
  PADDING,
  rows,
  TIME,
  VOCABULARY,
  valuesOf,
  worst,
} from './causalCases.ts';

/** Longer than the texts: part of the caches stays empty. */
const CAPACITY = 14;

describe.each(cases)('%s, as transformers', (_, given) => {
  test('logits, with padding and without', async () => {
    const model = await load(given);
    noGrad(() => {
      expect(worst(valuesOf(model.forward(rows('ids'))), given.logits)).toBeLessThan(1e-4);
      const padded = model.forward(rows('ids'), {
        attentionMask: rows('mask'),
        positionIds: rows('positions'),
      });
      const second = padded.narrow(0, 1, 1).narrow(1, PADDING, TIME - PADDING);
      expect(worst(valuesOf(second), given.padded)).toBeLessThan(1e-4);
      expect(valuesOf(padded).every(Number.isFinite)).toBe(true);
      const last = tensor(Int32Array.of(TIME - 1, 2));
      const few = valuesOf(model.forward(rows('ids'), { last })).subarray(0, VOCABULARY);
      expect(worst(few, given.logits.slice((TIME - 1) * VOCABULARY, TIME * VOCABULARY))).toBeLessThan(1e-4);
    });
    model.dispose();
  });

  // A dynamic base follows from the text so far, here and in transformers: what is cached was turned by another one.
  const grows =
    given.class === 'LlamaForCausalLM' && given.config && JSON.stringify(given.config).includes('dynamic');

  test.skipIf(grows)('logits of tokens that come in pieces, through a cache', async () => {
    const model = await load(given);
    const read = (padded: boolean): number[] => {
      const caches = model.newCaches(2, CAPACITY);
      const step = compile((inputIds: Tensor, cachePosition: Tensor, positionIds: Tensor, mask: Tensor) =>
        model.forward(
          inputIds,
          padded ? { caches, cachePosition, positionIds, attentionMask: mask } : { caches, cachePosition },
        ),
      );
      const seen: number[][][] = [[], []];
      const ends = tensor(new Int32Array(2 * (CAPACITY - TIME)).fill(1), { shape: [2, CAPACITY - TIME] });
      const mask = tensor(
        [0, 1].flatMap((row) => [
          ...valuesOf(rows('mask').narrow(0, row, 1)),
          ...valuesOf(ends.narrow(0, row, 1)),
        ]),
        { shape: [2, CAPACITY], dtype: 'int32' },
      );
      let begin = 0;
      for (const time of [5, 1, 1, 3, 1]) {
        const part = (t: Tensor) => t.narrow(1, begin, time).realize();
        const places = arange(time).add(begin).to('int32').realize();
        const logits = noGrad(() => step(part(rows('ids')), places, part(rows('positions')), mask));
        const values = Array.from(valuesOf(logits));
        for (const row of [0, 1]) {
          seen[row]?.push(values.slice(row * time * VOCABULARY, (row + 1) * time * VOCABULARY));
        }
        begin += time;
      }
      step.dispose();
      for (const cache of caches) cache.dispose();
      return seen.flat(2);
    };
    expect(worst(read(false), given.logits)).toBeLessThan(1e-4);
    expect(worst(read(true).slice((TIME + PADDING) * VOCABULARY), given.padded)).toBeLessThan(1e-4);
    model.dispose();
  });

  test('the loss and its gradients', async () => {
    const model = await load(given);
    const loss = model.loss(rows('ids'), { labels: rows('labels') });
    loss.backward();
    expect(Math.abs((valuesOf(loss)[0] as number) - given.loss)).toBeLessThan(1e-4);
    const parameters = model.namedParameters();
    const turned = layoutOf(given).transposed;
    for (const [name, { norm, first }] of Object.entries(given.gradients)) {
      const grad = parameters.get(name)?.grad as Tensor;
      const like = turned?.test(name) ? grad.T : grad;
      const values = Array.from(valuesOf(like));
      const length = Math.hypot(...values);
      expect(Math.abs(length - norm), name).toBeLessThan(1e-4 * Math.max(1, norm));
      expect(worst(values.slice(0, first.length), first), name).toBeLessThan(1e-4);
    }
    expect(parameters.size).toBe(Object.keys(given.gradients).length);
    for (const parameter of parameters.values()) parameter.grad?.dispose();
    model.dispose();
  });
});

test('what does not fit is refused before anything is computed', async () => {
  const given = caseOf('gpt2');
  const model = await load(given);
  const ids = rows('ids');
  const caches = model.newCaches(2, CAPACITY);
  const cachePosition = arange(TIME);
  expect(() => model.forward(tensor(new Int32Array(30), { shape: [1, 30] }))).toThrow('1 to 24 tokens');
  expect(() => model.forward(ids, { caches })).toThrow('come together');
  expect(() => model.forward(ids, { caches, cachePosition: arange(3) })).toThrow('one place for each of 11');
  expect(() => model.forward(ids, { caches, cachePosition, attentionMask: rows('mask') })).toThrow('[2, 14]');
  expect(() => model.forward(ids, { positionIds: arange(3) })).toThrow('positionIds [3]');
  expect(() => model.loss(ids, { labels: arange(3) })).toThrow('labels [3]');
  expect(() => model.newCaches(1, 25)).toThrow('expected 1 to 24');
  for (const cache of caches) cache.dispose();
  model.dispose();
});
