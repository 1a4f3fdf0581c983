import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMemory } from '../../src/schedule/memory.ts';

const lifetime = fc
  .record({ bytes: fc.integer({ min: 0, max: 5000 }), from: fc.nat(30), length: fc.nat(12) })
  .map(({ bytes, from, length }) => ({ bytes, from, to: from + length }));

test('values alive at the same time never overlap, and none leaves the arena', () => {
  fc.assert(
    fc.property(fc.array(lifetime, { maxLength: 40 }), (values) => {
      const { offsets, arenaBytes } = planMemory(values);
      values.forEach((a, i) => {
        const start = offsets[i] as number;
        expect(start % 64).toBe(0);
        expect(start + a.bytes).toBeLessThanOrEqual(arenaBytes);
        values.slice(0, i).forEach((b, j) => {
          const other = offsets[j] as number;
          const together = a.from <= b.to && b.from <= a.to;
          const apart = start + a.bytes <= other || other + b.bytes <= start;
          expect(!together || apart).toBe(true);
        });
      });
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('memory is used again', () => {
  const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 640, from: i, to: i + 1 }));
  expect(planMemory(chain).arenaBytes).toBe(2 * 640);
});
