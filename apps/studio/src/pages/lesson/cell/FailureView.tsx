import { CircleX, Clock, MemoryStick, Square } from 'lucide-react';
import { useLocale } from '../../../app/preferences.tsx';
import type { CellFailure } from '../../../cell/output.ts';
import { inPlainWords, misfitOf } from '../../../cell/plainWords.ts';
import { formatInteger } from '../../../i18n/numbers.ts';
import { cellMessages } from './messages.ts';
import { ShapesPicture } from './ShapesPicture.tsx';
import { SECONDS } from './useRun.ts';

/** Why a cell did not finish: in plain words, and below them the message as it was. */
export function FailureView({ failure, seconds = SECONDS }: { failure: CellFailure; seconds?: number }) {
  const locale = useLocale();
  const t = cellMessages(locale);
  const { kind, message, line } = failure;
  if (kind === 'stopped')
    return (
      <p className="out-h">
        <Square className="i" aria-hidden /> {t('stopped')}
      </p>
    );
  if (kind === 'time' || kind === 'memory') {
    const Icon = kind === 'time' ? Clock : MemoryStick;
    return (
      <div className="cell-failure">
        <p className="out-h">
          <Icon className="i" aria-hidden />{' '}
          {kind === 'time' ? t('time', { seconds: formatInteger(locale, seconds) }) : t('memory')}
        </p>
        <p>{t(kind === 'time' ? 'timeHint' : 'memoryHint')}</p>
      </div>
    );
  }
  const title =
    kind === 'syntax'
      ? line === null
        ? t('syntaxNoLine')
        : t('syntax', { line })
      : line === null
        ? t('failed')
        : t('failedAt', { line });
  const plain = inPlainWords(message, locale);
  const misfit = plain === null ? null : misfitOf(message);
  return (
    <div className="cell-failure">
      <p className="out-h">
        <CircleX className="i" aria-hidden /> {title}
      </p>
      {plain && <p className="cell-plain">{plain}</p>}
      {misfit && <ShapesPicture misfit={misfit} />}
      <pre>{message}</pre>
    </div>
  );
}
