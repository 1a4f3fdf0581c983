import { describe, expect, test } from 'vitest';
import { writeMidi } from '../../src/data/index.ts';
import { type Metric, makeReport, parseSamples, type ReportData } from '../../src/train/index.ts';
import { curvesOf, smooth, thin } from '../../src/train/report/curves.ts';
import { html } from '../../src/train/report/html.ts';
import { reportNumbers } from '../../src/train/report/numbers.ts';
import { chosenSamples } from '../../src/train/report/samples.ts';
import { scaleOf, stepScale } from '../../src/train/report/scale.ts';
import fixture from '../fixtures/train/tensorBoard.json' with { type: 'json' };

const png = Uint8Array.from(atob(fixture.picture), (character) => character.charCodeAt(0));
const metrics: Metric[] = Array.from({ length: 40 }, (_, i): Metric[] => [
  { step: i + 1, train: { loss: 4 - i / 20, lr: 0.1 } },
  ...(i % 10 === 9 ? [{ step: i + 1, validation: { loss: i === 29 ? 2 : 3 } }] : []),
]).flat();

const data = (changes: Partial<ReportData> = {}): ReportData => ({
  language: 'es',
  title: 'un modelo de <refranes>',
  produces: 'refranes nuevos',
  recipe: 'gpt',
  run: 'runs/refranes & co',
  data: { name: 'refranes', about: '2 738 líneas' },
  end: 'stopped',
  step: 40,
  steps: 100,
  seconds: 75,
  date: 1764288000000,
  watched: { metric: 'loss', mode: 'min' },
  parameters: 1234567,
  device: 'native',
  metrics,
  samples: [],
  settings: [
    { path: 'model.nLayer', value: '4' },
    { path: 'train.lr', value: '0.1', standard: '0.002' },
  ],
  versions: [['Lumbre', '0.1.0']],
  commands: [{ command: 'npx lumbre train --resume "runs/refranes & co"', what: 'sigue' }],
  figureNames: { loss: 'pérdida' },
  ...changes,
});

/** What is opened and not closed, or closed and not open. */
function unbalanced(page: string): string[] {
  const lone = new Set(['meta', 'img', 'path', 'br', '!doctype']);
  const open: string[] = [];
  for (const [, end, name = '', rest = ''] of page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .matchAll(/<(\/?)([!\w]+)([^>]*)>/g)) {
    if (lone.has(name.toLowerCase()) || rest.endsWith('/')) continue;
    if (end === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

describe('a report', () => {
  const page = makeReport(data());

  test('is one page with all in it, that asks for nothing from elsewhere', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="es">/);
    expect(page).not.toMatch(/<script|<link|https?:|url\(|@import/);
    expect(unbalanced(page)).toEqual([]);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  test('tells what came of it in the language of the run', () => {
    for (const text of ['En pausa', '1 min 15 s', '1 234 567', 'la receta trae 0.002']) {
      expect(page.replaceAll('\u00a0', ' ')).toContain(text);
    }
    expect(page).toContain('De 4,000 a 2,075 en 40 pasos. La mejor validación es 2,000, en el paso 30.');
    expect(page).toContain('Siempre 0,1000.');
    const english = makeReport(
      data({
        language: 'en',
        end: 'finished',
        figureNames: {},
        title: 'a model',
        produces: 'lines',
        data: { name: 'lines', about: 'some' },
        commands: [],
        settings: [],
        run: 'runs/a',
      }),
    );
    expect(english).toContain('Finished');
    expect(english).toContain('From 4.000 to 2.075 in 40 steps.');
    expect(english).not.toMatch(/[áéíóú¿¡]/);
  });

  test('writes no text as HTML', () => {
    const text = 'a</blockquote><script>alert(1)</script>\u0000&amp;';
    const hostile = makeReport(data({ samples: [{ step: 1, kind: 'text', text }], title: '"><img src=x>' }));
    expect(hostile).not.toMatch(/<script|<img src=x|\0/);
    expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\ufffd&amp;amp;');
    expect(page).toContain('Un modelo de &lt;refranes&gt;');
    expect(html`<p title="${'"'}">${["'", null, false, 0, html`<b>`]}</p>`.text).toBe(
      '<p title="&quot;">&#39;0<b></p>',
    );
  });

  test('shows pictures, with words for those who do not see them, and music', () => {
    const music = writeMidi({ notes: [60, 64, 67].map((pitch, i) => ({ start: i, duration: 1, pitch })) });
    const shown = makeReport(
      data({
        samples: [
          { step: 20, kind: 'image', png },
          { step: 30, kind: 'midi', bytes: new Uint8Array(20) },
          { step: 40, kind: 'midi', bytes: music },
        ],
      }),
    );
    expect(shown).toMatch(
      /<img alt="Imágenes que hizo el modelo en el paso 20 de 100[^"]+" width="2" height="1" src="data:image\/png;base64,/,
    );
    expect(shown).toContain('Silencio');
    expect(shown).toContain('Pieza del paso 40: 3 notas, de 60 a 67');
    expect(shown).toMatch(/href="data:audio\/midi;base64,TVRo/);
    expect(unbalanced(shown)).toEqual([]);
  });

  test('is made of whatever there is', () => {
    for (const some of [[], metrics.slice(0, 1), [{ step: 1, validation: { loss: 0 } }]]) {
      const bare = makeReport(data({ metrics: some, settings: [], step: 0, commands: [] }));
      expect(unbalanced(bare)).toEqual([]);
      expect(bare).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

test('curves: the figure that is watched first, what says little last', () => {
  const figures = { lr: 1, gradNorm: 2, reconstruction: 3, loss: 4 };
  const curves = curvesOf(
    [
      { step: 1, train: figures },
      { step: 1, validation: { elbo: 1 } },
    ],
    'loss',
  );
  expect(curves.map(({ figure }) => figure)).toEqual(['loss', 'elbo', 'reconstruction', 'lr', 'gradNorm']);
});

test('a mean over neighbours neither lags behind a line nor loses its ends', () => {
  const line = Array.from({ length: 240 }, (_, i) => [i, 2 * i] as const);
  const means = smooth(line);
  expect(means.slice(0, 236)).toEqual(line.slice(0, 236));
  expect(means.at(-1)?.[1]).toBeCloseTo(2 * 239 - 4);
  const few = thin(line, 10);
  expect(few).toHaveLength(10);
  expect([few[0]?.[0], few.at(-1)?.[0]]).toEqual([0, 239]);
});

test('axes have round labels; what falls far has an axis of factors', () => {
  const curve = (values: number[]) => {
    const raw = values.map((value, i) => [i, value] as const);
    return { figure: 'x', raw, smooth: raw, validation: [] };
  };
  expect(scaleOf(curve([1.1, 2.4, 4.9]), 5).ticks).toEqual([1, 2, 3, 4, 5]);
  expect(scaleOf(curve([0.1, 0.1 + 1e-17, 0.1 - 1e-17]), 3).at(0.1)).toBeCloseTo(0.5, 1);
  const falling = scaleOf(curve([600, ...Array.from({ length: 50 }, () => 160)]), 5);
  expect(falling).toMatchObject({ logarithmic: true, ticks: [200, 300, 500] });
  expect(stepScale(3000, 6).ticks).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
  expect(stepScale(1, 6).ticks).toEqual([0, 1]);
});

test('of many samples some from all over are shown, the last among them', () => {
  const many = Array.from({ length: 31 }, (_, i) => ({ step: i, kind: 'text', text: `${i}` }) as const);
  expect(chosenSamples(many).map(({ step }) => step)).toEqual([0, 5, 10, 15, 20, 25, 30]);
  const large = [1, 2, 3].map((step) => ({ step, kind: 'image', png: new Uint8Array(3_000_000) }) as const);
  expect(chosenSamples(large).map(({ step }) => step)).toEqual([3]);
});

test('texts are read back, the later of two of a step', () => {
  expect(parseSamples('--- 2\na\n\nb\n\n--- 4\nx\n\n--- 4\ny\n\n')).toEqual([
    { step: 2, text: 'a\n\nb' },
    { step: 4, text: 'y' },
  ]);
  expect(parseSamples('')).toEqual([]);
});

test('figures are written as a language writes them', () => {
  const es = reportNumbers('es');
  expect([1234.5678, 0.00012345, 0, -3, 12345678901].map((value) => es.figure(value))).toEqual([
    ...['1235', '0,000123', '0', '−3,000', '1,23·10¹⁰'],
  ]);
  expect([0.0321, 2.5, 59.6, 7260].map(es.duration)).toEqual(
    ['32 ms', '2,5 s', '1 min 0 s', '2 h 1 min'].map((text) =>
      text.replaceAll(' ', '\u00a0').replace('min\u00a0', 'min ').replace('h\u00a0', 'h '),
    ),
  );
});
