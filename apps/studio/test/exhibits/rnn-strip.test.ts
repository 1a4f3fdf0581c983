import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/rnn-strip/compute.ts';
import { fateOf, flameHeight, relative } from '../../src/exhibits/rnn-strip/fate.ts';
import { babble, HIDDEN, LETTERS, oneHot, readable, SYMBOLS } from '../../src/exhibits/rnn-strip/letters.ts';
import { randomNumbers } from '../../src/exhibits/support/digits.ts';

describe('rnn-strip: what is read', () => {
  it('only letters of the alphabet, without accents, beginning with a letter', () => {
    expect(readable('  ¡Rosa, sin OLA!')).toBe('rosa sin ola');
    expect(readable('ÁRBOL')).toBe('arol');
    expect(readable('xyz')).toBe('');
    const text = babble(20, randomNumbers(1));
    expect(text).toHaveLength(20);
    expect(LETTERS).toContain(text[0]);
    expect(oneHot('a ')).toEqual(
      Float32Array.from([
        1,
        ...new Array(SYMBOLS.length - 1).fill(0),
        ...new Array(SYMBOLS.length - 1).fill(0),
        1,
      ]),
    );
  });

  it('tells what becomes of a gradient', () => {
    expect(fateOf([1e-6, 0.1, 0.5])).toBe('vanishing');
    expect(fateOf([0.2, 0.3, 0.5])).toBe('keeps');
    expect(fateOf([50, 5, 0.5])).toBe('exploding');
    expect(relative([1, 2, 4])).toEqual([0.25, 0.5, 1]);
    expect(flameHeight(1) - flameHeight(0.1)).toBeCloseTo(flameHeight(0.1) - flameHeight(0.01), 9);
  });
});

describe('rnn-strip: the networks', () => {
  const settings = { seed: 1, gain: 1, length: 10 } as const;

  it('with small weights the gradient of an RNN vanishes, with large ones it does not; an LSTM keeps it', async () => {
    const share = async (cell: 'rnn' | 'lstm', gain: number) => {
      compute.open({ ...settings, cell, gain });
      const { slopes, states, answers } = await compute.read('rosa sin ola');
      expect(states).toHaveLength(12);
      expect(states[0]).toHaveLength(HIDDEN);
      expect(answers[11]?.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      return relative(slopes)[0] as number;
    };
    expect(await share('rnn', 0.5)).toBeLessThan(1e-4);
    expect(await share('rnn', 4)).toBeGreaterThan(0.02);
    expect(await share('lstm', 1)).toBeGreaterThan(0.02);
    compute.close();
  });

  it('an LSTM learns to name the first letter', async () => {
    compute.open({ ...settings, cell: 'lstm' });
    const before = (await compute.read('ola rosa')).loss;
    const told: compute.Told[] = [];
    await compute.train(220, (each) => told.push(each));
    expect(told.at(-1)?.accuracy).toBeGreaterThan(0.6);
    expect((await compute.read('ola rosa')).loss).toBeLessThan(before / 2);
    compute.close();
  });
});
