import { expect, test } from 'vitest';
import {
  formatDuration,
  formatFixed,
  formatInteger,
  formatMemory,
  formatPercent,
  formatSignificant,
} from '../../src/i18n/numbers.ts';

test('Spanish has a decimal comma and thin spaces, English a point and commas', () => {
  expect(formatFixed('es', 1240.5, 1)).toBe('1\u202f240,5');
  expect(formatFixed('en', 1240.5, 1)).toBe('1,240.5');
  expect(formatInteger('es', 12628)).toBe('12\u202f628');
});

test('minus is a minus sign, and nothing is minus zero', () => {
  expect(formatFixed('es', -0.5)).toBe('−0,50');
  expect(formatFixed('es', -0)).toBe('0,00');
});

test('what is no number is said', () => {
  expect([Number.NaN, Infinity, -Infinity].map((value) => formatFixed('es', value))).toEqual([
    'NaN',
    '∞',
    '−∞',
  ]);
});

test('significant digits, in powers of ten where it is very large or small', () => {
  expect(formatSignificant('es', 0.012345)).toBe('0,0123');
  expect(formatSignificant('es', 3.2e-6)).toBe('3,20·10⁻⁶');
  expect(formatSignificant('en', 1.5e9, 2)).toBe('1.5·10⁹');
  expect(formatSignificant('es', 0)).toBe('0');
});

test('shares, times and memory', () => {
  expect(formatPercent('es', 0.49)).toBe('49\u202f%');
  expect(formatPercent('en', 0.495, 1)).toBe('49.5%');
  expect([106, 59, 7500, Number.NaN].map(formatDuration)).toEqual(['1:46', '0:59', '2 h 05 min', '—']);
  expect(formatMemory('es', 178_000_000)).toBe('178\u00a0MB');
  expect(formatMemory('en', 1_500_000)).toBe('1.5\u00a0MB');
});
