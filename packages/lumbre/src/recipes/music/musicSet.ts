import { type LoadedMusic, type NoteEvent, openMusic, type Piece } from '../../data/index.ts';
import { joinPieces, NoteTokenizer, STEP, stepCount, transposeTokens } from '../../models/music/index.ts';
import { fingerprint } from '../../train/index.ts';
import type { Words } from '../recipe.ts';
import type { TokenData } from '../text/languageModelTask.ts';
import type { Workshop } from '../workshop.ts';

/** The keys that a piece is learned in: its own, and all others, by the way that is shorter. */
const KEYS = Array.from({ length: 12 }, (_, i) => i - 6);

/** How often rows begin where pieces do, as a part of all. */
const BEGINNINGS = 1 / 3;

/** Music to learn from, and other to measure by, in tokens without borders. */
export interface MusicSet {
  readonly music: LoadedMusic;
  readonly tokenizer: NoteTokenizer;
  readonly train: readonly Int32Array[];
  readonly validation: readonly Int32Array[];
  readonly test: readonly Int32Array[];
  readonly fingerprint: string;
  readonly about: Words;
}

/** @throws DataSetError when it is not here or damaged; TypeError when it is no music */
export async function openMusicSet(name: string, { data }: Workshop): Promise<MusicSet> {
  const music = await openMusic(data, name);
  const tokenizer = new NoteTokenizer(music.stepsPerQuarter);
  const tokensOf = (part: 'train' | 'validation' | 'test'): Int32Array[] => {
    const { notes } = music;
    const encoded = notes
      ? notes[part].map((piece: readonly NoteEvent[]) => tokenizer.encode(piece))
      : music[part].map((piece: Piece) => tokenizer.encodePiece(piece));
    return encoded.filter((tokens) => tokens.length > 0);
  };
  const [train, validation, test] = [tokensOf('train'), tokensOf('validation'), tokensOf('test')];
  const quarters = Math.round(
    train.reduce((sum, piece) => sum + stepCount(piece), 0) / music.stepsPerQuarter,
  );
  return {
    music,
    tokenizer,
    train,
    validation,
    test,
    fingerprint: [train, validation].map((pieces) => fingerprint(joinPieces(pieces))).join(' '),
    about: {
      es: `${train.length} piezas, ${quarters} negras en total`,
      en: `${train.length} pieces, ${quarters} quarter notes in all`,
    },
  };
}

/** Pieces in all keys that fit: what follows what does not depend on where a piece begins. */
export const inAllKeys = (pieces: readonly Int32Array[]): Int32Array[] =>
  pieces.flatMap((piece) =>
    KEYS.map((semitones) => transposeTokens(piece, semitones)).filter((moved) => moved !== null),
  );

/** Where rows may begin: before every step, and more often where pieces begin. */
function startsOf(tokens: Int32Array): Int32Array {
  const [steps, borders]: [number[], number[]] = [[], []];
  for (const [i, token] of tokens.entries()) {
    if (token === STEP) steps.push(i);
    else if (token === 0) borders.push(i);
  }
  borders.pop();
  const wished = (steps.length * BEGINNINGS) / (1 - BEGINNINGS);
  const times = Math.max(1, Math.round(wished / Math.max(1, borders.length)));
  return Int32Array.from([...steps, ...Array.from({ length: times }, () => borders).flat()]);
}

/** Tokens for a language model: to learn from in all keys, to measure by as it was written. */
export function tokenData({ train, validation }: MusicSet): TokenData {
  const [learned, measured] = [joinPieces(inAllKeys(train)), joinPieces(validation)];
  return {
    train: learned,
    trainStarts: startsOf(learned),
    validation: measured,
    validationStarts: Int32Array.from([...measured.keys()].filter((i) => measured[i] === STEP)),
  };
}
