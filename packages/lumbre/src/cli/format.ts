import type { Language } from '../data/stories/index.ts';

/** Figures as a language writes them: 1 234,5 in Spanish, 1,234.5 in English. */
export interface Format {
  /** With a fixed number of decimals. */
  number(value: number, decimals: number): string;
  integer(value: number): string;
  /** A share from 0 to 1, in whole per cent, rounded down: 100 % is all of it. */
  percent(share: number): string;
  /** As short as says enough: 45 s, 1 min 20 s, 2 h 5 min. */
  duration(seconds: number): string;
}

const noBreak = '\u00a0';

const separators = {
  es: { decimal: ',', thousands: noBreak, percent: `${noBreak}%` },
  en: { decimal: '.', thousands: ',', percent: '%' },
};

export function makeFormat(language: Language): Format {
  const { decimal, thousands, percent } = separators[language];
  const number = (value: number, decimals: number): string => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
    const [whole = '', part] = Math.abs(value).toFixed(decimals).split('.');
    // Four digits stay together, as both languages' academies advise for Spanish and custom allows in English.
    const grouped = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return `${value < 0 ? '−' : ''}${grouped}${part === undefined ? '' : decimal + part}`;
  };
  const integer = (value: number): string => number(Math.round(value), 0);
  return {
    number,
    integer,
    percent: (share) => `${integer(Math.floor(share * 100))}${percent}`,
    duration(seconds) {
      if (!Number.isFinite(seconds)) return '—';
      const total = Math.max(0, Math.round(seconds));
      const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
      const parts: [number, string][] =
        hours > 0
          ? [
              [hours, 'h'],
              [minutes, 'min'],
            ]
          : minutes > 0
            ? [
                [minutes, 'min'],
                [rest, 's'],
              ]
            : [[rest, 's']];
      return parts.map(([count, unit]) => `${count}${noBreak}${unit}`).join(' ');
    },
  };
}
