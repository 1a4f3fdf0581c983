import type { Locale } from './locale.ts';

/** Spanish as it is written all over America and Spain at once: a decimal comma, and thin spaces between thousands. */
const tags: Readonly<Record<Locale, string>> = { es: 'es-ES', en: 'en-US' };
const cache = new Map<string, Intl.NumberFormat>();

function formatter(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(tags[locale], options);
    cache.set(key, format);
  }
  return format;
}

const NO_BREAK_THIN = '\u202f';

/** The parts of a number, with a real minus sign, and in Spanish thin spaces between groups from a thousand on. */
function assemble(format: Intl.NumberFormat, value: number, locale: Locale): string {
  return format
    .formatToParts(value)
    .map(({ type, value: text }) =>
      type === 'minusSign' ? '−' : type === 'group' && locale === 'es' ? NO_BREAK_THIN : text,
    )
    .join('');
}

/** A number with so many decimals: `0,49`, `1 240,0`; `∞` and `NaN` as they are. */
export function formatFixed(locale: Locale, value: number, decimals = 2): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const format = formatter(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: 'always' as unknown as boolean,
  });
  return assemble(format, value === 0 ? 0 : value, locale);
}

/** A whole number with its thousands apart: `1 240`. */
export const formatInteger = (locale: Locale, value: number): string =>
  formatFixed(locale, Math.round(value), 0);

/** A number to so many significant digits, in powers of ten where it is very large or very small: `3,2·10⁻⁶`. */
export function formatSignificant(locale: Locale, value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return formatFixed(locale, value, 0);
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent > 6) {
    const raised = String(exponent).replace(/[-\d]/g, (c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(c)] ?? c);
    return `${formatFixed(locale, value / 10 ** exponent, Math.max(0, digits - 1))}·10${raised}`;
  }
  return formatFixed(locale, value, Math.max(0, digits - 1 - exponent));
}

/** A share of one as a percentage: `49 %`, `49%`. */
export function formatPercent(locale: Locale, share: number, decimals = 0): string {
  return `${formatFixed(locale, share * 100, decimals)}${locale === 'es' ? '\u202f%' : '%'}`;
}

/** A time to come or gone, in seconds: `1:46`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '—';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 3600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Bytes for people: `178 MB`. */
export function formatMemory(locale: Locale, bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  let amount = bytes;
  for (; amount >= 1000 && unit < units.length - 1; unit++) amount /= 1000;
  return `${formatFixed(locale, amount, unit < 2 || amount >= 10 ? 0 : 1)}\u00a0${units[unit]}`;
}
