import fc from 'fast-check';
import { deflateSync, strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { freeze, frozenIn, frozenLink, thaw } from '../../src/links/frozenState.ts';

test('what is frozen thaws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (state) => {
      expect(thaw(freeze(state))).toEqual(JSON.parse(JSON.stringify(state)));
    }),
  );
});

test('a link holds the state of one thing, in letters of addresses', () => {
  const state = { a: [3, 1], op: '+' };
  const link = frozenLink('http://127.0.0.1:4173/exhibits/broadcasting?x=1', 'broadcasting', state);
  expect(link).toMatch(/^[\w:/.?=#-]+$/);
  expect(frozenIn(new URL(link).hash, 'broadcasting')).toEqual(state);
  expect(frozenIn(new URL(link).hash, 'another')).toBeUndefined();
});

test('what is no state is none, whatever it is', () => {
  for (const text of ['', '!', 'AAAA', 'x'.repeat(20_000)]) expect(thaw(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => thaw(text) === undefined || typeof thaw(text) !== 'function'));
});

test('little that unfolds to much is refused', () => {
  const bomb = deflateSync(strToU8(JSON.stringify('a'.repeat(5_000_000))));
  const text = btoa(String.fromCharCode(...bomb))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
  expect(text.length).toBeLessThan(16_000);
  expect(thaw(text)).toBeUndefined();
});
