import { expect, test } from 'vitest';
import { makeFormat } from '../../src/cli/format.ts';
import { printable, wrap } from '../../src/cli/io.ts';
import { messagesOf } from '../../src/cli/messages/index.ts';

const [es, en] = [makeFormat('es'), makeFormat('en')];

test('numbers are written as the language does', () => {
  expect(es.number(1.88, 3)).toBe('1,880');
  expect(en.number(1.88, 3)).toBe('1.880');
  expect(es.integer(831872)).toBe('831\u00a0872');
  expect(en.integer(831872)).toBe('831,872');
  expect(es.integer(2000)).toBe('2000');
  expect(es.number(-0.5, 1)).toBe('−0,5');
  expect(es.number(Number.NaN, 2)).toBe('NaN');
});

test('a share is rounded down: all of it only at the end', () => {
  expect(es.percent(0.999)).toBe('99\u00a0%');
  expect(en.percent(1)).toBe('100%');
});

test('durations are as short as says enough', () => {
  expect(es.duration(45.4)).toBe('45\u00a0s');
  expect(es.duration(80)).toBe('1\u00a0min 20\u00a0s');
  expect(es.duration(59.6)).toBe('1\u00a0min 0\u00a0s');
  expect(es.duration(2 * 3600 + 5 * 60)).toBe('2\u00a0h 5\u00a0min');
});

test('text is wrapped between words, and words that are too long are cut', () => {
  expect(wrap('Había una vez, en una granja', 14)).toEqual(['Había una vez,', 'en una granja']);
  expect(wrap('uno\n\ndos', 10)).toEqual(['uno', '', 'dos']);
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrap('uno dos', 3)).toEqual(['uno', 'dos']);
});

test('wide characters take two columns, accents that stand alone none', () => {
  expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字']);
  expect(wrap('n\u0303an\u0303a', 4)).toEqual(['n\u0303an\u0303a']);
});

test('control characters do not reach the terminal', () => {
  expect(printable('a\u001b[31mb\tc\nd\u0007')).toBe('a·[31mb  c\nd·');
});

test('both languages say something for every key, and not the same', () => {
  const same = new Set(['tokensPerSecond', 'error', 'tokenizerIds', 'tokenizerTokens']);
  for (const [key, spanish] of Object.entries(messagesOf.es)) {
    const english = messagesOf.en[key as keyof typeof messagesOf.en];
    expect(typeof english, key).toBe(typeof spanish);
    if (typeof spanish === 'string' && !same.has(key)) expect(english, key).not.toBe(spanish);
  }
});
