import { useEffect, useMemo, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { formatFixed, formatInteger } from '../../i18n/numbers.ts';
import { outputMessages } from './messages.ts';
import { envelope, writeWave } from './wave.ts';

const WIDTH = 600;
const HALF = 40;

/** A sound, to be heard, and its waveform. It never plays by itself. */
export function AudioView({ output }: { output: OutputOf<'audio'> }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const { samples, sampleRate, title } = output;
  const [address, setAddress] = useState<string | null>(null);
  const [played, setPlayed] = useState(0);
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([writeWave(samples, sampleRate)], { type: 'audio/wav' }));
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [samples, sampleRate]);
  const shape = useMemo(() => {
    const stretches = envelope(samples, WIDTH / 2);
    const step = WIDTH / Math.max(1, stretches.length);
    const y = (sample: number) => (HALF * (1 - Math.max(-1, Math.min(1, sample)))).toFixed(1);
    const top = stretches.map(({ high }, i) => `${(i * step).toFixed(1)} ${y(high)}`);
    const bottom = stretches.map(({ low }, i) => `${(i * step).toFixed(1)} ${y(low)}`).reverse();
    return `M${[...top, ...bottom].join('L')}Z`;
  }, [samples]);
  const label = t('audio', {
    seconds: formatFixed(locale, samples.length / sampleRate, 1),
    rate: formatInteger(locale, sampleRate),
  });
  return (
    <figure className="o-audio">
      <figcaption className="o-caption">
        {title && <strong>{title}</strong>}
        <span className="muted">{label}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${2 * HALF}`} preserveAspectRatio="none" aria-hidden>
        <path d={`M0 ${HALF}H${WIDTH}`} className="zero" />
        <path d={shape} className="wave" />
        <path d={`M${played * WIDTH} 0V${2 * HALF}`} className="now" />
      </svg>
      {address && (
        // biome-ignore lint/a11y/useMediaCaption: a sound that was computed has no words to caption.
        <audio
          controls
          src={address}
          aria-label={title ?? label}
          onTimeUpdate={(event) => {
            const { currentTime, duration } = event.currentTarget;
            setPlayed(duration > 0 ? currentTime / duration : 0);
          }}
        />
      )}
    </figure>
  );
}
