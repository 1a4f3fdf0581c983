import { memo } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatInteger } from '../../i18n/numbers.ts';
import type { AboutRun } from './about.ts';
import type { OpenRun } from './controller.ts';
import { gptMessages } from './messages.ts';

const SHOWN = 5;

/** The samples that show the way best: the first, the last, and some between that lie ever further apart. */
export function chosenSamples<T extends { readonly step: number }>(samples: readonly T[]): T[] {
  if (samples.length <= SHOWN) return [...samples];
  const last = samples.length - 1;
  const places = Array.from({ length: SHOWN }, (_, i) => Math.round(last ** (i / (SHOWN - 1))));
  places[0] = 0;
  // Early ones fall together where there are few.
  for (let i = 1; i < SHOWN; i++) places[i] = Math.max(places[i] as number, (places[i - 1] as number) + 1);
  return places.map((place) => samples[Math.min(place, last)] as T);
}

/** What the model wrote on the way, from the same beginning and with the same seed. */
export const Samples = memo(function Samples({
  samples,
  about,
  at,
}: {
  samples: OpenRun['samples'];
  /** How many there are: the list grows in place. */
  count: number;
  about: AboutRun;
  /** The step that is looked at; infinite for the last. */
  at: number;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const { prompt, sampleSeed } = about;
  const shown = chosenSamples(samples);
  const whole = samples.findLast(({ step }) => step <= at) ?? samples[0];
  return (
    <section aria-labelledby="gpt-samples">
      <div className="chart-h">
        <h2 id="gpt-samples">{t('writes')}</h2>
        <span className="muted small">
          {prompt === ''
            ? t('writesSameEmpty', { seed: sampleSeed })
            : t('writesSame', { prompt, seed: sampleSeed })}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="muted">{t('writesEmpty')}</p>
      ) : (
        <>
          <ol className="samples" style={{ '--count': shown.length } as React.CSSProperties}>
            {shown.map(({ step, text }, i) => (
              <li key={step} className={i === shown.length - 1 ? 'here' : 'done'}>
                <span className="num">{formatInteger(locale, step)}</span>
                <p>{text}</p>
              </li>
            ))}
          </ol>
          {whole && (
            <figure className="whole-sample">
              <figcaption className="small muted">
                {t('writesAt', { step: formatInteger(locale, whole.step) })}
              </figcaption>
              <blockquote>{whole.text}</blockquote>
            </figure>
          )}
        </>
      )}
    </section>
  );
});
