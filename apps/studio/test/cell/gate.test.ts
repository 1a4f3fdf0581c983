import { expect, test } from 'vitest';
import { Gate } from '../../src/cell/gate.ts';
import { answers } from '../../src/cell/protocol.ts';
import { MOST_BYTES } from '../../src/cell/weight.ts';

const text = (words: string, id = 0) => ({
  ...{ type: 'output', id },
  output: { kind: 'text', stream: 'log', text: words },
});

test('what is a reply passes', () => {
  const gate = new Gate();
  expect(gate.admit({ type: 'ready' })).toEqual({ type: 'ready' });
  expect(gate.admit(text('hola'))).toEqual(text('hola'));
  expect(gate.admit({ type: 'answer', id: 3, answer: {} })).toMatchObject({ id: 3 });
});

test.each([
  [null],
  ['<script>'],
  [{}],
  [{ type: 'run', id: 0, source: '' }],
  [text('x'.repeat(20_001))],
  [{ type: 'output', id: 0, output: { kind: 'html', html: '<img onerror>' } }],
  [{ type: 'output', id: 0, output: { kind: 'image', title: null, width: 1e9, height: 1, pixels: [] } }],
  [
    {
      type: 'output',
      id: 0,
      output: { kind: 'tensor', id: 0, title: null, shape: [1], dtype: 'f', values: ['a'] },
    },
  ],
  [{ type: 'output', id: 'a', output: text('a').output }],
  [{ type: 'refused', id: 0, message: { toString: 'a' } }],
])('what is none is dropped: %j', (message) => {
  expect(new Gate().admit(message)).toBeNull();
});

test('what an output carries besides is left behind', () => {
  const gate = new Gate();
  expect(gate.admit({ ...text('a'), run: 'alert(1)' })).not.toHaveProperty('run');
});

test('a flood is known, and no longer looked at; a new request begins anew', () => {
  const gate = new Gate();
  for (let i = 0; i < 400; i++) gate.admit(text('a'));
  expect(gate.flooded).toBe(false);
  expect(gate.admit(text('a'))).toBeNull();
  expect(gate.flooded).toBe(true);
  gate.open();
  expect(gate.flooded).toBe(false);
  expect(gate.admit(text('a'))).not.toBeNull();
});

test('outputs that would fill the page are dropped, and answers still come', () => {
  const gate = new Gate();
  const side = 2048;
  const image = {
    kind: 'image',
    title: null,
    width: side,
    height: side,
    pixels: new Uint8ClampedArray(4 * side ** 2),
  };
  const admitted = Array.from({ length: 20 }, () => gate.admit({ type: 'output', id: 0, output: image }));
  expect(admitted.filter((reply) => reply !== null)).toHaveLength(Math.floor(MOST_BYTES / (4 * side ** 2)));
  expect(gate.admit({ type: 'answer', id: 0, answer: null })).not.toBeNull();
});

test('an answer has to be one', () => {
  const failure = { kind: 'thrown', message: 'a', line: 1, column: null };
  expect(answers.run.safeParse({ failure, milliseconds: 1 }).success).toBe(true);
  expect(answers.run.safeParse({ failure: { ...failure, line: -1 }, milliseconds: 1 }).success).toBe(false);
  expect(answers.grade.safeParse({ passed: 'yes', checks: [], failure: null }).success).toBe(false);
  expect(
    answers.faces.safeParse({ name: 'x'.repeat(1000), value: 1, formula: { tex: '', numbers: '' } }).success,
  ).toBe(false);
});
