import { type NoteEvent, readMidi } from '../../data/index.ts';
import { Html, html } from './html.ts';

/** What is drawn of a piece: so many quarter notes at most. */
const LONGEST = 64;

/** The notes of a piece of music, or none where its file cannot be read. */
export function notesOf(bytes: Uint8Array): readonly NoteEvent[] {
  try {
    return readMidi(bytes).notes;
  } catch {
    return [];
  }
}

/** A piece as a piano roll: time to the right, pitch upward. There has to be a note. */
export function drawPianoRoll(notes: readonly NoteEvent[], description: string): Html {
  const shown = notes.filter(({ start }) => start < LONGEST);
  const length = Math.min(LONGEST, Math.max(...shown.map(({ start, duration }) => start + duration)));
  const pitches = shown.map(({ pitch }) => pitch);
  const [low, high] = [Math.min(...pitches) - 1, Math.max(...pitches) + 1];
  const round = (value: number) => Math.round(value * 100) / 100;
  const bars = shown.map(({ start, duration, pitch }) => {
    const width = Math.max(0.06, Math.min(duration, length - start) - 0.04);
    return `M${round(start)} ${high - pitch}h${round(width)}v.86h${round(-width)}z`;
  });
  const beats = Array.from({ length: Math.ceil(length / 4) }, (_, i) => `M${i * 4} 0V${high - low + 1}`);
  return html`<svg class="roll" viewBox="0 0 ${round(length)} ${high - low + 1}" preserveAspectRatio="none" role="img" aria-label="${description}"><path class="grid" d="${beats.join('')}"/><path class="note" d="${new Html(bars.join(''))}"/></svg>`;
}
