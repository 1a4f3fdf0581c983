import type { Locale } from '../../../i18n/locale.ts';
import { formatFixed, formatInteger } from '../../../i18n/numbers.ts';
import { cellMessages } from './messages.ts';

/** How long something took: `3 ms`, `2,4 s`. */
export function writeDuration(locale: Locale, milliseconds: number): string {
  const t = cellMessages(locale);
  if (milliseconds < 1000)
    return t('milliseconds', { milliseconds: formatInteger(locale, Math.max(1, milliseconds)) });
  const seconds = milliseconds / 1000;
  return t('seconds', { seconds: formatFixed(locale, seconds, seconds < 10 ? 1 : 0) });
}
