import { expect, test } from 'vitest';
import { drawLossChart, glyphs, type LossChart, type Point } from '../../src/cli/chart.ts';
import { makeFormat } from '../../src/cli/format.ts';
import { makeTheme } from '../../src/cli/theme.ts';

const plain = makeTheme(false);
const falling: Point[] = Array.from({ length: 50 }, (_, i) => ({ step: i + 1, loss: 4 - (i / 49) * 2 }));

const draw = (chart: Partial<LossChart>, language: 'es' | 'en' = 'es') =>
  drawLossChart(
    { training: falling, validation: [], steps: 50, width: 40, height: 10, ...chart },
    plain,
    makeFormat(language),
  );

test('has the size it was given, with losses beside and steps below', () => {
  const lines = draw({});
  expect(lines).toHaveLength(10);
  for (const line of lines) expect([...line].length).toBeLessThanOrEqual(40);
  expect(lines[0]).toContain('4,0 ┤');
  expect(lines.at(-2)).toMatch(/^ +└─+$/);
  expect(lines.at(-1)?.trim().split(/ +/)).toEqual(['1', '25', '50']);
});

test('writes decimals as the language does', () => {
  expect(draw({}, 'en')[0]).toContain('4.0 ┤');
});

test('a falling loss falls: each dot is below or level with the one to its left', () => {
  const lines = draw({}).slice(0, 8);
  const top = (column: number) => lines.findIndex((line) => ![' ', undefined].includes([...line][column]));
  const tops = Array.from({ length: 34 }, (_, i) => top(6 + i)).filter((row) => row >= 0);
  expect(tops.length).toBeGreaterThan(25);
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
  expect(tops[0]).toBe(0);
  expect(tops.at(-1)).toBe(7);
});

test('the tip stands at the last step made, half-way when half the steps are', () => {
  const tip = (lines: readonly string[]) => Math.max(...lines.map((line) => [...line].indexOf(glyphs.tip)));
  expect(tip(draw({}))).toBe(39);
  const half = tip(draw({ steps: 99 }));
  expect(Math.abs(half - (6 + 33 / 2))).toBeLessThanOrEqual(1.5);
});

test('validation points have a glyph and a colour of their own', () => {
  const validation = [
    { step: 10, loss: 3.9 },
    { step: 30, loss: 3.2 },
  ];
  const count = (text: string) => text.split(glyphs.validation).length - 1;
  expect(count(draw({ validation }).join('\n'))).toBe(2);
  const painted = drawLossChart(
    { training: falling, validation, steps: 50, width: 40, height: 10 },
    makeTheme(true),
    makeFormat('es'),
  ).join('\n');
  expect(painted).toContain(makeTheme(true).second(glyphs.validation));
  expect(painted).toContain(makeTheme(true).glow(glyphs.tip));
});

test('losses that are no numbers are left out, a single one is drawn, and none draw nothing', () => {
  expect(draw({ training: [{ step: 1, loss: Number.NaN }] })).toEqual([]);
  expect(draw({ training: [] })).toEqual([]);
  expect(draw({ training: [{ step: 1, loss: 2 }] }).join('')).toContain(glyphs.tip);
});

test('without room it draws nothing instead of rubbish', () => {
  expect(draw({ width: 10 })).toEqual([]);
  expect(draw({ height: 4 })).toEqual([]);
});
