import { pngHeader } from '../tensorboard/messages.ts';
import type { ReportData, ReportSample } from './data.ts';
import { type Html, html } from './html.ts';
import type { ReportNumbers } from './numbers.ts';
import { drawPianoRoll, notesOf } from './pianoRoll.ts';
import type { ReportWords } from './words.ts';

/** So many samples are shown; of more, the first, the last and some between. */
const MOST_SAMPLES = 7;
/** A page of more is slow to open: what does not fit is left out, but never the last. */
const MOST_BYTES = 4_000_000;
const LAST_TEXT = 2000;
const EARLIER_TEXT = 220;

export function toBase64(bytes: Uint8Array): string {
  // In pieces: a call may not have as many arguments as a picture has bytes.
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

const bytesOf = (sample: ReportSample): number =>
  sample.kind === 'text' ? 0 : (sample.kind === 'image' ? sample.png : sample.bytes).length;

/** Samples from all over a training, in order, the last one among them. */
export function chosenSamples(samples: readonly ReportSample[]): ReportSample[] {
  const ordered = [...samples].sort((a, b) => a.step - b.step);
  const last = ordered.length - 1;
  const indices = Array.from({ length: MOST_SAMPLES }, (_, i) => Math.round((i * last) / (MOST_SAMPLES - 1)));
  const chosen = [...new Set(indices)].flatMap((i) => ordered[i] ?? []);
  let left = MOST_BYTES;
  return chosen
    .reverse()
    .filter((sample, i) => {
      left -= bytesOf(sample);
      return i === 0 || left >= 0;
    })
    .reverse();
}

const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most).join('').trimEnd()}…`;
};

function content(
  sample: ReportSample,
  { steps }: ReportData,
  latest: boolean,
  words: ReportWords,
  numbers: ReportNumbers,
): Html {
  const step = numbers.integer(sample.step);
  if (sample.kind === 'text') {
    return html`<blockquote>${cut(sample.text, latest ? LAST_TEXT : EARLIER_TEXT)}</blockquote>`;
  }
  if (sample.kind === 'image') {
    const { width, height } = pngHeader(sample.png);
    const alt = words.imageAlt(step, numbers.integer(steps), `${width} × ${height}`);
    return html`<img alt="${alt}" width="${width}" height="${height}" src="data:image/png;base64,${toBase64(sample.png)}">`;
  }
  const notes = notesOf(sample.bytes);
  const pitches = notes.map(({ pitch }) => pitch);
  const roll =
    notes.length === 0
      ? html`<p class="muted">${words.noNotes}</p>`
      : drawPianoRoll(
          notes,
          words.musicAlt(
            step,
            numbers.integer(notes.length),
            String(Math.min(...pitches)),
            String(Math.max(...pitches)),
          ),
        );
  const href = `data:audio/midi;base64,${toBase64(sample.bytes)}`;
  return html`${roll}${latest && html`<p><a download="${sample.step}.mid" href="${href}">${words.download}</a></p>`}`;
}

const isWide = (png: Uint8Array): boolean => {
  const { width, height } = pngHeader(png);
  return width > 2 * height;
};

/** What the model made on the way: the latest large, those before it small. */
export function samplesSection(data: ReportData, words: ReportWords, numbers: ReportNumbers): Html | null {
  const chosen = chosenSamples(data.samples);
  const latest = chosen.at(-1);
  if (!latest) return null;
  const figure = (sample: ReportSample) => {
    const last = sample === latest;
    const step = numbers.integer(sample.step);
    return html`<figure class="${last ? 'picture here' : 'picture'}"><figcaption>${last ? words.atLast(step) : words.at(step)}</figcaption>${content(sample, data, last, words, numbers)}</figure>`;
  };
  const earlier = chosen.slice(0, -1);
  // Pictures stand beside those before them, unless they are wide; texts and pieces take the whole width.
  const wide = latest.kind !== 'image' || isWide(latest.png);
  const beside = !wide && earlier.length > 0;
  return html`<section aria-labelledby="samples"><div class="sec"><h2 id="samples">${words.samples}</h2><p class="muted">${words.samplesHint}</p></div>
<div class="${beside ? 'now-sample pictures' : 'now-sample'}">${figure(latest)}
${earlier.length > 0 && html`<div class="${wide ? 'before wide' : 'before'}">${earlier.map(figure)}</div>`}</div></section>`;
}
