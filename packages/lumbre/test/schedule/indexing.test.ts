import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Atom,
  add,
  equal,
  fixed,
  flatten,
  type Index,
  IndexSpace,
  plus,
  times,
  unflatten,
} from '../../src/schedule/indexing.ts';

/** The value of an index when each variable has a value. */
function evaluate(index: Index, values: ReadonlyMap<Atom, number>): number {
  const atomValue = (atom: Atom): number => {
    switch (atom.kind) {
      case 'variable':
        return values.get(atom) as number;
      case 'div':
        return Math.floor(evaluate(atom.of, values) / atom.by);
      case 'mod':
        return evaluate(atom.of, values) - Math.floor(evaluate(atom.of, values) / atom.by) * atom.by;
      case 'clamp':
        return Math.min(Math.max(evaluate(atom.of, values), atom.min), atom.max);
      case 'dynamic':
        throw new Error('not in these tests');
    }
  };
  return index.terms.reduce(
    (sum, { atom, coefficient }) => sum + coefficient * atomValue(atom),
    index.constant,
  );
}

type Step =
  | { op: 'plus'; by: number }
  | { op: 'times'; by: number }
  | { op: 'div'; by: number }
  | { op: 'mod'; by: number }
  | { op: 'add'; variable: number }
  | { op: 'clamp'; min: number; size: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constant('plus' as const), by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ op: fc.constant('times' as const), by: fc.integer({ min: -4, max: 6 }) }),
  fc.record({ op: fc.constant('div' as const), by: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ op: fc.constant('mod' as const), by: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ op: fc.constant('add' as const), variable: fc.nat(2) }),
  fc.record({ op: fc.constant('clamp' as const), min: fc.integer({ min: -5, max: 5 }), size: fc.nat(12) }),
);

test('index arithmetic gives what numbers give, within its bounds', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 3 }),
    fc.array(step, { maxLength: 8 }),
    fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
    (sizes, steps, picks) => {
      const space = new IndexSpace();
      const variables = sizes.map((size) => space.variable(0, size - 1));
      const chosen = sizes.map((size, i) => (picks[i] as number) % size);
      const values = new Map(variables.map((v, i) => [v.terms[0]?.atom as Atom, chosen[i] as number]));
      let index = variables[0] as Index;
      let expected = chosen[0] as number;
      for (const s of steps) {
        if (s.op === 'plus') [index, expected] = [plus(index, s.by), expected + s.by];
        else if (s.op === 'times') [index, expected] = [times(index, s.by), expected * s.by];
        else if (s.op === 'div') [index, expected] = [space.div(index, s.by), Math.floor(expected / s.by)];
        else if (s.op === 'mod')
          [index, expected] = [space.mod(index, s.by), expected - Math.floor(expected / s.by) * s.by];
        else if (s.op === 'add')
          [index, expected] = [
            add(index, variables[s.variable] as Index),
            expected + (chosen[s.variable] as number),
          ];
        else {
          const max = s.min + s.size;
          [index, expected] = [space.clamp(index, s.min, max), Math.min(Math.max(expected, s.min), max)];
        }
        expect(evaluate(index, values) + 0).toBe(expected + 0);
        expect(expected).toBeGreaterThanOrEqual(index.min);
        expect(expected).toBeLessThanOrEqual(index.max);
      }
    },
  );
  fc.assert(property, { seed: 7, numRuns: 3000 });
});

test('what is divided is never negative: machines round towards zero', () => {
  const space = new IndexSpace();
  const i = space.variable(0, 39);
  const flipped = add(fixed(39), times(i, -1));
  for (const index of [space.div(flipped, 5), space.mod(flipped, 5)]) {
    for (const { atom } of index.terms) if ('of' in atom) expect(atom.of.min).toBeGreaterThanOrEqual(0);
  }
});

describe('divisions that reshapes bring in', () => {
  const space = new IndexSpace();
  const [b, t, c] = [space.variable(0, 3), space.variable(0, 63), space.variable(0, 127)];

  test('cancel when a dimension is split and merged again', () => {
    const flat = flatten([b, t, c], [4, 64, 128]);
    const split = unflatten(space, flat, [256, 4, 32]);
    expect(equal(flatten(split, [256, 4, 32]), flat)).toBe(true);
  });

  test('vanish where dimensions are only merged', () => {
    const merged = unflatten(space, flatten([b, t, c], [4, 64, 128]), [256, 128]);
    for (const index of merged) for (const { atom } of index.terms) expect(atom.kind).toBe('variable');
  });
});
