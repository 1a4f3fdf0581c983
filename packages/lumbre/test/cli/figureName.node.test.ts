import { expect, test } from 'vitest';
import { figureName } from '../../src/cli/figureName.ts';
import { messagesOf } from '../../src/cli/messages/index.ts';

const { es, en } = messagesOf;

test('a figure is called by its word', () => {
  expect(figureName('neighbours', es)).toBe('vecinos de la misma clase');
  expect(figureName('fid', en)).toBe('FID');
});

test('a figure of one class has the class behind its word', () => {
  expect(figureName('precision 3', es)).toBe('precisión (3)');
  expect(figureName('recall Ankle boot', en)).toBe('recall (Ankle boot)');
});

test('what has no word goes by its name', () => {
  expect(figureName('anything', es)).toBe('anything');
  expect(figureName('anything else', es)).toBe('anything else');
});
