import type { Locale } from '../i18n/locale.ts';
import { formatFixed, formatInteger, formatSignificant } from '../i18n/numbers.ts';

/** A number as one would say it: so many significant digits at most, and no zeros that say nothing: `0,5`, `1 240`. */
export function readableNumber(locale: Locale, value: number, digits = 4): string {
  if (Number.isInteger(value) && Math.abs(value) < 10 ** 9) return formatInteger(locale, value);
  const text = formatSignificant(locale, value, digits);
  const separator = locale === 'es' ? ',' : '.';
  return text.replace(new RegExp(`\\${separator}(\\d*?)0+(?=$|·)`), (_, kept: string) =>
    kept === '' ? '' : `${separator}${kept}`,
  );
}

/**
 * How to write numbers that stand together, all with the same decimals, so that they can be compared at a glance: no more of
 * them than any needs, and about three figures of the largest.
 */
export function togetherWriter(locale: Locale, values: readonly number[]): (value: number) => string {
  const finite = values.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (finite.every(Number.isInteger) && largest < 1e9) return (value) => formatFixed(locale, value, 0);
  const exponent = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  if (exponent < -4 || exponent > 6) return (value) => formatSignificant(locale, value, 2);
  const most = Math.max(0, Math.min(5, exponent < 0 ? 2 - exponent - 1 : 2 - Math.max(0, exponent - 1)));
  let decimals = 0;
  while (decimals < most && !finite.every((value) => fits(value, decimals))) decimals++;
  return (value) => formatFixed(locale, value, decimals);
}

/** Whether a value loses nothing when it is written with so many decimals, but for what 32 bits cannot hold anyway. */
const fits = (value: number, decimals: number): boolean =>
  Math.abs(value - Number(value.toFixed(decimals))) <= Math.abs(value) * 2e-7;
