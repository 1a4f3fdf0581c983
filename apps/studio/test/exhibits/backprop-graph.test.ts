import { afterEach, describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/backprop-graph/compute.ts';
import {
  askedOf,
  consumersOf,
  formulaNames,
  formulas,
  graphOf,
  isNear,
  layoutOf,
  readFormula,
} from '../../src/exhibits/backprop-graph/graph.ts';
import { readNumber } from '../../src/exhibits/backprop-graph/readNumber.ts';
import { randomFrom } from '../../src/exhibits/support/random.ts';
import { collectGarbage } from '../support/collect.ts';

// What is recorded is kept until it is collected.
afterEach(collectGarbage);

const texts = [
  ...formulaNames.map((name) => formulas[name]),
  'exp(a) / (b + 3) - c**2 * d',
  '-(a - 2*a*b).sin()',
];

describe('backprop-graph: the graph of a formula', () => {
  it('is in order, and what is used twice is one node', () => {
    const nodes = graphOf(readFormula('a*b + a*c'));
    expect(nodes.map(({ label }) => label)).toEqual(['a', 'b', '×', 'c', '×', '+']);
    expect(nodes[4]?.sources).toEqual([0, 3]);
    expect(consumersOf(nodes, 0)).toEqual([
      [2, 0],
      [4, 0],
    ]);
    expect(askedOf(nodes)).toEqual([4, 3, 2, 1, 0]);
    expect(nodes.at(-1)?.text).toBe('((a × b) + (a × c))');
  });

  it('nobody is asked about constants', () => {
    const nodes = graphOf(readFormula('2*a + 1'));
    expect(askedOf(nodes).map((id) => nodes[id]?.label)).toEqual(['×', 'a']);
  });

  it('is drawn from left to right, nothing upon another', () => {
    for (const text of texts) {
      const nodes = graphOf(readFormula(text));
      const { places } = layoutOf(nodes);
      nodes.forEach(({ sources }, id) => {
        for (const source of sources) expect(places[source]?.layer).toBeLessThan(places[id]?.layer as number);
      });
      expect(new Set(places.map(({ layer, across }) => `${layer} ${across.toFixed(3)}`)).size).toBe(
        nodes.length,
      );
    }
  });
});

describe('backprop-graph: what the engine records', () => {
  it('gradients are what finite differences say, and the chain of local ones', async () => {
    const random = randomFrom(8);
    for (const text of texts) {
      const nodes = graphOf(readFormula(text));
      const values = Array.from({ length: 4 }, () => 0.3 + random.next());
      const { gradients, differences, locals } = await compute.record(text, values);
      nodes.forEach(({ kind }, id) => {
        if (kind === 'constant') return;
        expect(Math.abs((gradients[id] as number) - (differences[id] as number))).toBeLessThan(2e-3);
        if (id === nodes.length - 1) return;
        const chained = consumersOf(nodes, id).reduce(
          (sum, [consumer, place]) =>
            sum + (gradients[consumer] as number) * (locals[consumer]?.[place] as number),
          0,
        );
        expect(chained).toBeCloseTo(gradients[id] as number, 4);
      });
    }
  });

  it('the faces of a node speak of its gradient', async () => {
    const { gradients, values } = await compute.record('(a*b + c).tanh()', [0.5, -1, 0.8, 0]);
    const faces = await compute.faces('(a*b + c).tanh()', [0.5, -1, 0.8, 0], 2, 'ab');
    expect(faces.value).toBeCloseTo(values[2] as number, 6);
    expect(faces.gradient?.value).toBeCloseTo(gradients[2] as number, 5);
    expect(faces.checks.every(({ passed }) => passed)).toBe(true);
  });
});

describe('backprop-graph: guesses', () => {
  it('may be rounded, but not be wrong', () => {
    expect(isNear(0.42, 0.4199)).toBe(true);
    expect(isNear(-3.9, -3.95)).toBe(true);
    expect(isNear(0.4, -0.4)).toBe(false);
    expect(isNear(0.5, 0.42)).toBe(false);
    expect(isNear(0, 0.02)).toBe(false);
  });
  it('are read as people write them', () => {
    expect(['0,5', '−1.25', ' 3 ', '1/4', '-2,5e-1', '.5'].map(readNumber)).toEqual([
      0.5, -1.25, 3, 0.25, -0.25, 0.5,
    ]);
    expect(['', 'a', '1/0', '1.2.3', '--2', 'Infinity'].map(readNumber)).toEqual(new Array(6).fill(null));
  });
});
