import { type NoteEvent, writeMidi } from '../../data/index.ts';
import { type GPT, generateMany } from '../../models/index.ts';
import { END, type NoteTokenizer } from '../../models/music/index.ts';
import type { Sample } from '../../train/index.ts';
import type { ComposeOptions } from '../recipe.ts';
import { rollPicture } from './rollPicture.ts';

/** How pieces are drawn, unless told otherwise: a little likelier than the model says. */
const sampling = { temperature: 0.95, topP: 0.98 } as const;

/** What pieces are written down as. */
export interface Instrument {
  /** Of General MIDI. */
  readonly program: number;
  /** Quarter notes in a minute. */
  readonly tempo: number;
}

/** Chorales for a church organ, all else for a piano. */
export const instrumentFor = (name: string): Instrument =>
  name === 'jsb-chorales' ? { program: 19, tempo: 80 } : { program: 0, tempo: 100 };

export const toMidi = (notes: readonly NoteEvent[], { program, tempo }: Instrument): Uint8Array =>
  writeMidi({ notes: notes.map((note) => ({ ...note, program })), tempo });

/** New pieces, as tokens, side by side. */
export function composeTokens(
  model: GPT,
  { count, seed = 0, temperature = sampling.temperature, signal }: ComposeOptions,
  maxNewTokens: number,
): Promise<number[][]> {
  const { topP } = sampling;
  return generateMany(model, [END], count, {
    ...{ seed, temperature, topP, signal, maxNewTokens },
    stopToken: END,
  });
}

/** Music as a sample: to be heard and seen. */
export const musicSample = (
  notes: readonly NoteEvent[],
  tokenizer: Pick<NoteTokenizer, 'stepsPerQuarter'>,
  instrument: Instrument,
): Sample => ({
  kind: 'midi',
  bytes: toMidi(notes, instrument),
  picture: rollPicture(notes, {
    stepsPerQuarter: tokenizer.stepsPerQuarter,
    stepWidth: Math.max(2, Math.round(6 / tokenizer.stepsPerQuarter)),
  }),
});
