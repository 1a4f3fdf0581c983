import { useLocale } from '../../app/preferences.tsx';
import { formatFixed, formatInteger, formatMemory } from '../../i18n/numbers.ts';
import type { OpenRun } from './controller.ts';
import { gptMessages } from './messages.ts';
import type { Point } from './session.ts';
import { timeLeft } from './words.ts';

/** The figures of the run that is open, as they are now. */
export function Stats({ run, smoothed }: { run: OpenRun; smoothed: readonly Point[] }) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const loss = smoothed.at(-1)?.[1] ?? run.validation.at(-1)?.[1];
  const validation = run.validation.at(-1)?.[1];
  const { steps } = run.facts.config.train;
  const value = (number: number | undefined, decimals: number) =>
    number === undefined ? '—' : formatFixed(locale, number, decimals);
  const figures: readonly (readonly [string, string, string])[] = [
    [t('step'), formatInteger(locale, run.step), t('ofSteps', { steps: formatInteger(locale, steps) })],
    [
      t('loss'),
      value(loss, 2),
      validation === undefined
        ? t('noValidationYet')
        : t('validationIs', { loss: formatFixed(locale, validation, 2) }),
    ],
    [
      t('hesitates'),
      value(loss === undefined ? undefined : Math.exp(loss), 1),
      t('tokensOf', { count: formatInteger(locale, run.facts.vocabulary.length) }),
    ],
    [t('speed'), run.rate > 0 ? formatInteger(locale, run.rate) : '—', t('tokensASecond')],
    [
      t('left'),
      run.state === 'finished' ? '0:00' : run.rate > 0 ? timeLeft(run.secondsLeft) : '—',
      t('ifNothingChanges'),
    ],
    [t('memory'), formatMemory(locale, run.memory.peak), t('memoryPeak')],
  ];
  return (
    <dl className="stats">
      {figures.map(([name, figure, beside]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{figure}</dd>
          <dd className="s2">{beside}</dd>
        </div>
      ))}
    </dl>
  );
}
