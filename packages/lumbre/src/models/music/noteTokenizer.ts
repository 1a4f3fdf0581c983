import { type NoteEvent, PITCHES, type Piece, pieceToNotes } from '../../data/index.ts';

/** The border of a piece: before it and after it. */
export const END = 0;
/** The end of a step. */
export const STEP = 1;
/** Says that the note which follows is struck anew although it sounded in the step before. */
export const AGAIN = 2;
/** Pitch p is the token `FIRST_PITCH + p`. */
export const FIRST_PITCH = 3;
/** How many tokens there are. */
export const NOTE_VOCAB_SIZE = FIRST_PITCH + PITCHES;

/** How long music may be that becomes tokens: hours. */
const MOST_STEPS = 1 << 16;

/** The pitches that sound in a step, and whether each is struck in it. */
type Sounding = Map<number, boolean>;

/**
 * Notes as tokens for a language model: step by step, in each the pitches that sound, from the highest to the lowest, then
 * STEP. A note that goes on is written again in every step; one that is struck anew at once has AGAIN before it. So there is
 * one way only to write what sounds, and the probability of a step given those before is that of its tokens: it can be
 * compared with that of models of piano rolls (Boulanger-Lewandowski et al., Modeling Temporal Dependencies in
 * High-Dimensional Sequences, arXiv:1206.6392). Any number of notes may sound at a time; how hard they are struck, their
 * instruments, and drums are left out.
 */
export class NoteTokenizer {
  readonly vocabSize = NOTE_VOCAB_SIZE;
  readonly stepsPerQuarter: number;

  /**
   * @param stepsPerQuarter steps in a quarter note: starts and ends go to the nearest
   * @throws RangeError unless it is a positive whole number
   */
  constructor(stepsPerQuarter: number) {
    if (!Number.isSafeInteger(stepsPerQuarter) || stepsPerQuarter < 1) {
      throw new RangeError(
        `NoteTokenizer: stepsPerQuarter must be a whole number from 1 up, not ${stepsPerQuarter}.`,
      );
    }
    this.stepsPerQuarter = stepsPerQuarter;
  }

  /**
   * The tokens of a piece, without borders. Notes of one pitch that overlap become one that is struck again.
   * @throws RangeError for a pitch that is none, and music of more than 65536 steps
   */
  encode(notes: Iterable<NoteEvent>): Int32Array {
    const steps: Sounding[] = [];
    for (const { start, duration, pitch, drum } of notes) {
      if (drum) continue;
      const first = Math.round(start * this.stepsPerQuarter);
      const last = Math.max(first + 1, Math.round((start + duration) * this.stepsPerQuarter));
      const isPitch = Number.isInteger(pitch) && pitch >= 0 && pitch < PITCHES;
      if (!isPitch || !(first >= 0 && last <= MOST_STEPS)) {
        throw new RangeError(
          `NoteTokenizer: a note of pitch ${pitch} lasts from step ${first} to ${last}; expected pitches from 0 to 127 ` +
            `and steps from 0 to ${MOST_STEPS}.`,
        );
      }
      while (steps.length < last) steps.push(new Map());
      for (let step = first; step < last; step++) {
        const sounding = steps[step] as Sounding;
        sounding.set(pitch, step === first || sounding.get(pitch) === true);
      }
    }
    const tokens: number[] = [];
    for (const [i, sounding] of steps.entries()) {
      for (const [pitch, struck] of [...sounding].sort(([a], [b]) => b - a)) {
        if (struck && steps[i - 1]?.has(pitch)) tokens.push(AGAIN);
        tokens.push(FIRST_PITCH + pitch);
      }
      tokens.push(STEP);
    }
    return Int32Array.from(tokens);
  }

  /** The tokens of steps of sounding notes, where what goes on sounding is one long note. */
  encodePiece(piece: Piece): Int32Array {
    const { stepsPerQuarter } = this;
    const tokens = this.encode(pieceToNotes(piece, { stepsPerQuarter }));
    // Silence at the end is no note, but it takes its time.
    const silent = piece.length - stepCount(tokens);
    return Int32Array.from([...tokens, ...new Array<number>(silent).fill(STEP)]);
  }

  /**
   * The notes that tokens stand for, by start and pitch, with times in quarter notes. Whatever a model writes means something:
   * borders and tokens that say nothing are passed over, and a last step need not be ended.
   */
  decode(tokens: Iterable<number>): NoteEvent[] {
    const notes: NoteEvent[] = [];
    let before = new Map<number, number>();
    let now = new Map<number, number>();
    let step = 0;
    let again = false;
    const end = (pitch: number, first: number) => {
      const [start, duration] = [first, step - first].map((steps) => steps / this.stepsPerQuarter);
      notes.push({ start: start as number, duration: duration as number, pitch });
    };
    const close = () => {
      for (const [pitch, first] of before) if (!now.has(pitch)) end(pitch, first);
      before = now;
      now = new Map();
      step++;
    };
    for (const token of tokens) {
      const pitch = token - FIRST_PITCH;
      if (token === STEP) close();
      else if (pitch >= 0 && pitch < PITCHES && !now.has(pitch)) {
        const first = before.get(pitch);
        if (again && first !== undefined) end(pitch, first);
        now.set(pitch, again ? step : (first ?? step));
      }
      again = token === AGAIN;
    }
    if (now.size > 0) close();
    close();
    return notes.sort((a, b) => a.start - b.start || a.pitch - b.pitch);
  }

  /** The pitches that sound in each step, from the lowest to the highest. */
  decodePiece(tokens: Iterable<number>): Int32Array[] {
    const steps: Set<number>[] = [new Set()];
    for (const token of tokens) {
      const pitch = token - FIRST_PITCH;
      if (token === STEP) steps.push(new Set());
      else if (pitch >= 0 && pitch < PITCHES) steps.at(-1)?.add(pitch);
    }
    if (steps.at(-1)?.size === 0) steps.pop();
    return steps.map((pitches) => Int32Array.from(pitches).sort());
  }
}

/** How many steps tokens have. */
export const stepCount = (tokens: Int32Array): number =>
  tokens.reduce((count, token) => count + Number(token === STEP), 0);

/** How many tokens are pitches. */
export const pitchCount = (tokens: Int32Array): number =>
  tokens.reduce((count, token) => count + Number(token >= FIRST_PITCH), 0);

/** The same music in another key, or null where a pitch would be none. */
export function transposeTokens(tokens: Int32Array, semitones: number): Int32Array | null {
  const moved = tokens.map((token) => (token >= FIRST_PITCH ? token + semitones : token));
  const fits = moved.every(
    (token, i) => token < NOTE_VOCAB_SIZE && (token >= FIRST_PITCH || token === tokens[i]),
  );
  return fits ? moved : null;
}

/** Pieces one after another, with a border before each and after the last. */
export function joinPieces(pieces: readonly Int32Array[]): Int32Array {
  const joined = new Int32Array(pieces.reduce((length, piece) => length + piece.length + 1, 1)).fill(END);
  let at = 1;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length + 1;
  }
  return joined;
}
