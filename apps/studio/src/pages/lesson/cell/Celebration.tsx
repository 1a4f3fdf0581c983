import type { Locale } from '../../../i18n/locale.ts';
import { flamePath } from '../../../ui/flame.ts';
import { cellMessages } from './messages.ts';

/** An exercise that passes: a flame for each check, lit one after another, and a sentence. */
export function Celebration({ again, count, locale }: { again: boolean; count: number; locale: Locale }) {
  const t = cellMessages(locale);
  const shown = Math.min(7, count);
  return (
    <div className="celebration">
      <svg viewBox={`0 0 ${shown * 18 + 4} 34`} width={shown * 18 + 4} height="34" aria-hidden>
        <path d={`M0 32H${shown * 18 + 4}`} className="ground" />
        {Array.from({ length: shown }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a flame is known by its place.
          <g key={i} transform={`translate(${i * 18 + 5} 31)`}>
            <path
              className={i === Math.floor(shown / 2) ? 'flame hot' : 'flame'}
              style={{ animationDelay: `${i * 90}ms` }}
              d={flamePath(12, 17 + 10 * Math.sin(((i + 1) / (shown + 1)) * Math.PI))}
            />
          </g>
        ))}
      </svg>
      <div>
        <strong>{t(again ? 'passedAgain' : 'passedAll')}</strong>
        <p>{t('passedText', { count })}</p>
      </div>
    </div>
  );
}
