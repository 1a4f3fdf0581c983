import type { OutputOf } from '../output.ts';
import { clipTitle } from './clip.ts';
import type { Numbers } from './plots.ts';
import { isTensor } from './values.ts';

/** The longest sound, in samples: a minute of the finest. */
const MOST_SAMPLES = 192_000 * 60;

/** @throws TypeError | RangeError for what cannot be heard. */
export function soundOutput(
  samples: Numbers,
  { sampleRate, title }: { readonly sampleRate?: number; readonly title?: string } = {},
): OutputOf<'audio'> {
  if (typeof sampleRate !== 'number' || !(sampleRate >= 3000 && sampleRate <= 192_000)) {
    throw new RangeError(
      `audio: sampleRate is ${sampleRate}; it tells how many samples make a second, from 3000 to 192000.`,
    );
  }
  const values = isTensor(samples) ? samples.dataSync() : samples;
  if (values.length > MOST_SAMPLES)
    throw new RangeError(
      `audio: ${values.length} samples are too many; at most ${MOST_SAMPLES} can be heard.`,
    );
  return {
    ...{ kind: 'audio', title: clipTitle(title), sampleRate },
    samples: Float32Array.from(values, Number),
  };
}
