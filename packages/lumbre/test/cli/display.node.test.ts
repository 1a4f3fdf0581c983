import { expect, test } from 'vitest';
import { openTrainingView } from '../../src/cli/display.ts';
import { type Loudness, makeContext } from '../../src/cli/io.ts';
import type { TrainEvent } from '../../src/train/index.ts';

/** A view on a terminal or a pipe, and what it has written. */
function openView(loudness: Loudness, { isTTY = true, columns = 80, rows = 32 } = {}) {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text), isTTY, columns, rows };
  const signal = new AbortController().signal;
  const environment = { NO_COLOR: '1' };
  const context = makeContext({ output, errors: output, environment, signal }, 'es');
  return {
    written,
    view: openTrainingView(context, loudness, { steps: 100, firstSample: 50, watched: 'loss' }),
  };
}

const step = (number: number): TrainEvent => ({
  type: 'step',
  step: number,
  steps: 100,
  metrics: { loss: 4 - number / 50, gradNorm: 1, lr: 1e-3 },
  rate: 1234,
  unit: 'tokens',
  secondsLeft: 80,
});
const validation: TrainEvent = { type: 'validation', step: 50, metrics: { loss: 3.125 }, best: true };
const sample: TrainEvent = { type: 'sample', step: 50, sample: { kind: 'text', text: 'Ana vivía' } };

/** The lines of the last picture, without the terminal's control sequences. */
const picture = (written: readonly string[]): string[] => {
  const last = written.findLast((text) => text.includes('\n')) ?? '';
  return last.replace(/\p{Cc}\[[?0-9]*[a-zA-Z]|\r/gu, '').split('\n');
};

test('on a terminal it draws the curve, the figures and the sample', () => {
  const { view, written } = openView('normal');
  for (let i = 1; i <= 50; i++) view.event(step(i));
  view.event(validation);
  view.event(sample);
  const text = picture(written).join('\n');
  expect(text).toMatch(/[⠀-⣿]{3}/);
  expect(text).toContain('paso 50 de 100 50\u00a0%');
  expect(text).toContain('validación 3,125');
  expect(text).toContain('1234 tokens/s');
  expect(text).toContain('quedan 1\u00a0min 20\u00a0s');
  expect(text).toContain('▎ Ana vivía');
  expect(text).toContain('Ctrl-C guarda y para');
});

test('the picture never leaves the terminal, however small', () => {
  for (const [columns, rows] of [
    [80, 24],
    [40, 20],
    [24, 8],
  ] as const) {
    const { view, written } = openView('normal', { columns, rows });
    for (let i = 1; i <= 50; i++) view.event(step(i));
    view.event(validation);
    view.event(sample);
    view.notice('Un momento: termina este paso y se guarda. Otro Ctrl-C sale ya, sin guardar.');
    const lines = picture(written);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(columns);
  }
});

test('a picture is at most a tenth of a second after the last, however fast the steps', () => {
  const { view, written } = openView('normal');
  const started = performance.now();
  for (let i = 1; i <= 100; i++) view.event(step(i));
  expect(written.length).toBeLessThanOrEqual(2 + (performance.now() - started) / 100);
});

test('each picture replaces the one before: it goes up as many lines as that had', () => {
  const { view, written } = openView('normal');
  view.event(step(1));
  view.event(validation);
  view.event(sample);
  for (const [i, text] of written.entries()) {
    const before = i === 0 ? 0 : (written[i - 1] as string).split('\n').length - 1;
    expect(text.includes(`[${before}A`)).toBe(before > 0);
  }
});

test('into a pipe it writes plain lines: the first step, validations and samples', () => {
  const { view, written } = openView('normal', { isTTY: false });
  for (let i = 1; i <= 50; i++) view.event(step(i));
  view.event(validation);
  view.event(sample);
  const text = written.join('');
  expect(text).not.toContain('\u001b');
  expect(text.trim().split('\n')).toEqual([
    'paso 1 de 100 · pérdida 3,980 · 1234 tokens/s · quedan 1\u00a0min 20\u00a0s',
    'paso 50 · pérdida 3,190 · validación 3,125',
    'Muestra en el paso 50:',
    '  ▎ Ana vivía',
  ]);
});

test('in JSON it writes one object a line, and when quiet nothing', () => {
  const json = openView('json');
  const quiet = openView('quiet');
  for (const { view } of [json, quiet]) {
    view.event(step(1));
    view.event(sample);
    view.event({ type: 'checkpoint', step: 50, bytes: new Uint8Array(4), weights: new Uint8Array(4) });
    view.notice('nada');
    view.end();
  }
  expect(json.written.map((line) => JSON.parse(line))).toEqual([
    step(1),
    { type: 'sample', step: 50, kind: 'text', text: 'Ana vivía' },
    { type: 'checkpoint', step: 50 },
  ]);
  expect(quiet.written).toEqual([]);
});
