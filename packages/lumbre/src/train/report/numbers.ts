const noBreak = '\u00a0';

/** Figures as a report writes them: 1 234,5 in Spanish, 1,234.5 in English. */
export interface ReportNumbers {
  integer(value: number): string;
  fixed(value: number, decimals: number): string;
  /** With about so many digits that matter, 4 unless given; very small and very large ones with a power of ten. */
  figure(value: number, digits?: number): string;
  /** As short as says enough: 45 s, 1 min 20 s. */
  duration(seconds: number): string;
  date(milliseconds: number): string;
}

export function reportNumbers(language: 'es' | 'en'): ReportNumbers {
  const [decimal, thousands] = language === 'es' ? [',', noBreak] : ['.', ','];
  const grouped = (whole: string) =>
    whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, thousands as string);
  const fixed = (value: number, decimals: number): string => {
    const [whole = '', part] = Math.abs(value).toFixed(decimals).split('.');
    return `${value < 0 ? '−' : ''}${grouped(whole)}${part === undefined ? '' : decimal + part}`;
  };
  return {
    fixed,
    integer: (value) => fixed(Math.round(value), 0),
    figure(value, digits = 4) {
      if (!Number.isFinite(value)) return Number.isNaN(value) ? '—' : value > 0 ? '∞' : '−∞';
      if (value === 0) return '0';
      // Of the rounded number: 0.09999 is 0.1000.
      const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))) + 1e-12);
      if (power >= 9 || power < -4) {
        return `${fixed(value / 10 ** power, 2).replace(/[.,]?0+$/, '')}·10${superscript(power)}`;
      }
      return fixed(value, Math.max(0, Math.min(6, digits - 1 - power)));
    },
    duration(seconds) {
      if (seconds < 0.001) return `${fixed(seconds * 1e6, 0)}${noBreak}µs`;
      if (seconds < 1) return `${fixed(seconds * 1000, seconds < 0.01 ? 1 : 0)}${noBreak}ms`;
      if (seconds < 10) return `${fixed(seconds, 1)}${noBreak}s`;
      const total = Math.round(seconds);
      const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
      if (hours > 0) return `${hours}${noBreak}h ${minutes}${noBreak}min`;
      return minutes > 0 ? `${minutes}${noBreak}min ${rest}${noBreak}s` : `${rest}${noBreak}s`;
    },
    date: (milliseconds) =>
      new Date(milliseconds).toLocaleString(language === 'es' ? 'es' : 'en-GB', {
        dateStyle: 'long',
        timeStyle: 'short',
      }),
  };
}

const superscript = (power: number): string =>
  [...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('');
