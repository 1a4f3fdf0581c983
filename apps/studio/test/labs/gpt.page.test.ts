import fc from 'fast-check';
import { sampleToken } from 'lumbre/models';
import { configure, gpt } from 'lumbre/recipes';
import { CharTokenizer } from 'lumbre/text';
import { describe, expect, test } from 'vitest';
import { configOf } from '../../src/labs/gpt/config.ts';
import { operationsOf, parametersOf } from '../../src/labs/gpt/cost.ts';
import { pointAt, project, smooth, thin, verdictOf } from '../../src/labs/gpt/curve.ts';
import { distribution, drawFrom } from '../../src/labs/gpt/distribution.ts';
import { secondsOf, warningOf } from '../../src/labs/gpt/estimate.ts';
import { LaboratoryError, problemOf } from '../../src/labs/gpt/problem.ts';
import {
  defaultRecipe,
  intervalOf,
  labRecipe,
  sizeNameOf,
  sizeNames,
  withSize,
  withText,
} from '../../src/labs/gpt/recipe.ts';
import { chosenSamples } from '../../src/labs/gpt/Samples.tsx';
import type { Point } from '../../src/labs/gpt/session.ts';
import { readText } from '../../src/labs/gpt/text.ts';
import { growTree } from '../../src/labs/gpt/tree.ts';
import { cutText, needsOf, takeText } from '../../src/labs/gpt/workbench.ts';
import { freeze, thaw } from '../../src/links/frozenState.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the bars', () => {
  const logits = fc.array(
    fc.integer({ min: -8000, max: 8000 }).map((thousandths) => thousandths / 1000),
    { minLength: 1, maxLength: 40 },
  );
  const controls = fc.record({
    temperature: fc.double({ min: 0.1, max: 2, noNaN: true }),
    topK: fc.integer({ min: 1, max: 50 }),
    topP: fc.double({ min: 0.05, max: 1, noNaN: true }),
  });

  test('draw what generate would draw, number for number', () => {
    fc.assert(
      fc.property(
        logits,
        controls,
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (scores, how, random) => {
          const drawn = drawFrom(distribution(scores, how), random);
          const expected = sampleToken(scores, how, random);
          // At the very border between two tokens rounding may choose either.
          if (drawn === expected) return true;
          const nearby = [-1e-9, 1e-9].map((by) =>
            sampleToken(scores, how, Math.min(0.999999999, Math.max(0, random + by))),
          );
          return nearby.includes(drawn);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('sum to one before and after, and never cut off everything', () => {
    fc.assert(
      fc.property(logits, controls, (scores, how) => {
        const all = distribution(scores, how);
        const sum = (key: 'before' | 'after') => all.reduce((total, candidate) => total + candidate[key], 0);
        expect(sum('before')).toBeCloseTo(1, 9);
        expect(sum('after')).toBeCloseTo(1, 9);
        expect(all[0]!.after).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the curve', () => {
  const law = (step: number) => 1.2 + 3 * step ** -0.5;
  const points = (count: number, noise = 0): Point[] =>
    Array.from({ length: count }, (_, i) => [i + 1, law(i + 1) + noise * Math.sin(i * 12.9)]);

  test('a power law is foreseen, from the first fifth of it', () => {
    const future = project(smooth(points(400, 0.05)), 2000)!;
    expect(future[0]![0]).toBe(400);
    expect(future.at(-1)![0]).toBe(2000);
    expect(Math.abs(future.at(-1)![1] - law(2000))).toBeLessThan(0.05);
  });

  test('too little is not foreseen from', () => {
    expect(project(points(20), 2000)).toBeNull();
    expect(project(points(2000), 2000)).toBeNull();
  });

  test('thinned and smoothed, it begins and ends where it does', () => {
    const all = points(3000, 0.3);
    expect(thin(all, 400)).toHaveLength(400);
    expect(thin(all, 400)[0]).toEqual(all[0]);
    expect(thin(all, 400).at(-1)).toEqual(all.at(-1));
    const spread = (list: Point[]) =>
      Math.max(...list.slice(1000).map(([step, value]) => Math.abs(value - law(step))));
    expect(spread(smooth(all))).toBeLessThan(spread(all) / 3);
    expect(pointAt(all, 1234)![0]).toBe(1234);
    expect(pointAt(all, 9999)![0]).toBe(3000);
  });

  test('overfitting is seen as what it is', () => {
    const train: Point[] = Array.from({ length: 100 }, (_, i) => [i + 1, 2 - i / 60]);
    expect(verdictOf(train, [[0, 4]])).toBe('noValidation');
    expect(
      verdictOf(train, [
        [0, 4],
        [50, 1.2],
      ]),
    ).toBe('learning');
    expect(
      verdictOf(train, [
        [0, 4],
        [50, 1.2],
        [100, 1.19],
      ]),
    ).toBe('memorizing');
    expect(
      verdictOf(train, [
        [0, 4],
        [50, 1.2],
        [100, 1.4],
      ]),
    ).toBe('rising');
  });

  test('of many samples, the first and the last are shown, each once', () => {
    const all = Array.from({ length: 21 }, (_, i) => ({ step: i * 100 }));
    const steps = chosenSamples(all).map(({ step }) => step);
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(2000);
    expect(new Set(steps).size).toBe(5);
    for (let count = 0; count < 30; count++) {
      const some = chosenSamples(all.slice(0, count)).map(({ step }) => step);
      expect(new Set(some).size).toBe(some.length);
    }
  });
});

describe('the recipe', () => {
  test('every position of the dial makes a configuration that the command line takes', () => {
    for (const kind of ['stories', 'own'] as const) {
      for (const name of sizeNames) {
        const base = withText(defaultRecipe('es'), {
          data: kind === 'own' ? { kind } : { kind, language: 'en' },
        });
        const lab = withSize(base, name);
        expect(labRecipe.parse(lab)).toEqual(lab);
        expect(sizeNameOf(lab)).toBe(name);
        const { recipe, config } = configOf(lab, 'texto.txt');
        expect(recipe.name).toBe(kind === 'own' ? 'gpt' : 'stories');
        expect(config.model).toMatchObject({ nLayer: lab.nLayer, nEmbd: lab.nEmbd });
        if (kind === 'own') expect(configure(gpt, config as never)).toEqual(config);
      }
    }
  });

  test('what was set by hand is no position of the dial, and other data leave it alone', () => {
    const lab = { ...defaultRecipe('es'), nLayer: 3 };
    expect(sizeNameOf(lab)).toBeNull();
    expect(withText(lab, { data: { kind: 'own' } })).toEqual({ ...lab, data: { kind: 'own' } });
  });

  test('goes through a link and back; anything else does not', () => {
    const lab = { ...defaultRecipe('en'), prompt: 'Había «una» vez' };
    expect(labRecipe.parse(thaw(freeze(lab)))).toEqual(lab);
    for (const bad of [
      { ...lab, nEmbd: 1e9 },
      { ...lab, nHead: 3 },
      { ...lab, more: 1 },
      { ...lab, steps: 1.5 },
    ])
      expect(labRecipe.safeParse(bad).success).toBe(false);
  });

  test('is measured some twenty times, at round steps', () => {
    expect([40, 1000, 3000, 4000].map(intervalOf)).toEqual([2, 50, 200, 200]);
    expect(intervalOf(10)).toBe(1);
  });

  test('its weights are counted as the engine counts them', async () => {
    for (const name of sizeNames) {
      const lab = withSize(withText(defaultRecipe('es'), { data: { kind: 'own' } }), name);
      const needs = await needsOf(lab, 90);
      const { model } = configOf(lab, 'x.txt').config;
      expect(needs.parameters).toBe(parametersOf({ ...lab, ...model }, 90));
      expect(needs.bytes).toBeGreaterThan(16 * needs.parameters);
      expect(needs.operations).toBe(operationsOf(lab, 90));
    }
  });

  test('a larger fire takes longer, and a slower machine too', () => {
    const machine = { gflops: 40, gigabytes: 10, threads: 2, measured: 0 };
    const times = sizeNames.map((name) => {
      const lab = withSize(defaultRecipe('es'), name);
      return secondsOf({ ...lab, operations: operationsOf(lab, 45) }, machine);
    });
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const lab = defaultRecipe('es');
    const operations = operationsOf(lab, 45);
    expect(secondsOf({ ...lab, operations }, { ...machine, gflops: 4 })).toBeGreaterThan(
      3 * secondsOf({ ...lab, operations }, machine),
    );
    expect(warningOf(60, 1e8)).toBeNull();
    expect([warningOf(1e5, 1e8), warningOf(60, 3e9), warningOf(60, 5e9)]).toEqual([
      'long',
      'tight',
      'doesNotFit',
    ]);
  });
});

describe('a text', () => {
  test('is read in NFC, whichever line ends it has', () => {
    expect(readText(bytes('\ufeffcafe\u0301\r\nmás'))).toBe('café\nmás');
  });

  test.each([
    ['empty', bytes('  \n')],
    ['utf16', new Uint8Array([0xff, 0xfe, 65, 0])],
    ['notUtf8', new Uint8Array([65, 0xe9, 66])],
    ['binary', new Uint8Array([0x25, 0x50, 0x00, 0x46])],
    ['binary', bytes(`%PDF-1.4\n${'\u0001\u0002\u0003'.repeat(20)}`)],
    ['tooLarge', new Uint8Array(20 * 1024 * 1024 + 1).fill(65)],
  ] as const)('that is %s is told as that', (code, content) => {
    expect(() => readText(content)).toThrowError(expect.objectContaining({ code }));
  });

  test('a problem survives the way from the worker, of which name and message are left', () => {
    const { name, message } = new LaboratoryError('unknownCharacter', 'ñ');
    expect(problemOf(Object.assign(new Error(message), { name }))).toEqual({
      code: 'unknownCharacter',
      detail: 'ñ',
    });
    expect(problemOf(new Error('boom'))).toEqual({ code: 'unknown', detail: 'boom' });
  });

  test('is cut by letters and by pieces, which put together give it back', () => {
    takeText(`${'Quien mucho abarca, poco aprieta.\n'.repeat(20)}`);
    const own = { data: { kind: 'own' }, tokenizer: 'char', vocabSize: 128 } as const;
    const letters = cutText(own)!;
    expect(letters.pieces.join('')).toBe('Quien mucho abarca, poco aprieta');
    expect(letters.lines).toBe(21);
    const pieces = cutText({ ...own, tokenizer: 'bpe' })!;
    expect(pieces.pieces.join('')).toBe(letters.pieces.join(''));
    expect(pieces.pieces.length).toBeLessThan(letters.pieces.length / 2);
  });
});

describe('the tree', () => {
  const tokenizer = new CharTokenizer(' .abco');
  const id = (letter: string) => tokenizer.encode(letter)[0] as number;
  /** A model that knows: after a space, «boca» three times in four and «cabo» once; after each, a dot. */
  const next = (text: string): Record<string, number> => {
    const word = text.split(' ').at(-1) as string;
    if (word === '') return { b: 0.75, c: 0.25 };
    if (word.endsWith('.')) return { ' ': 1 };
    const whole = word.startsWith('b') ? 'boca' : 'cabo';
    return word === whole ? { '.': 1 } : { [whole[word.length] as string]: 1 };
  };
  const read = async (contexts: readonly (readonly number[])[]) =>
    contexts.map((context) => {
      const logits = new Float32Array(tokenizer.vocabSize).fill(-30);
      for (const [letter, p] of Object.entries(next(tokenizer.decode(context))))
        logits[id(letter)] = Math.log(p);
      return logits;
    });

  test('forks where the model hesitates, with the probabilities of exactly these letters', async () => {
    const branches = await growTree(tokenizer, [...tokenizer.encode('a ')], read);
    expect(branches.map(({ text }) => text)).toEqual(['boca', 'cabo']);
    expect(branches[0]!.probability).toBeCloseTo(0.75, 6);
    expect(branches[1]!.probability).toBeCloseTo(0.25, 6);
    expect(branches[0]!.next.map(({ text }) => text)).toEqual(['.']);
  });
});
