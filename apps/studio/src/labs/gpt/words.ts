import type { Locale } from '../../i18n/locale.ts';
import { formatDuration, formatFixed } from '../../i18n/numbers.ts';

/** A token as it can be seen: a space at its beginning or end is drawn, as line ends are. */
export const visible = (token: string): string =>
  token.replaceAll('\n', '⏎').replaceAll('\t', '⇥').replace(/^ | $/g, '␣');

/** A time to come in words that promise no more than is known: `40 s`, `3 min`, `1 h 20 min`. */
export function roughTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return '—';
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = seconds / 60;
  if (minutes < 10)
    return `${Math.round(minutes * 2) / 2}`.replace('.5', '½').replace('0½', '½').concat(' min');
  if (minutes < 60) return `${Math.round(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  const left = Math.round((minutes - 60 * hours) / 10) * 10;
  return left === 60 ? `${hours + 1} h` : left === 0 ? `${hours} h` : `${hours} h ${left} min`;
}

/** The time that is left: `1:46`. */
export const timeLeft = (seconds: number): string => formatDuration(seconds);

/** How many weights: `27 000`, `0,8 M`. */
export function manyParameters(locale: Locale, count: number): string {
  if (count < 100_000) return formatFixed(locale, Math.round(count / 1000) * 1000, 0);
  return `${formatFixed(locale, count / 1e6, count < 1e7 ? 1 : 0)} M`;
}
