import type { Piece } from '../registry/index.ts';
import { MidiError, type NoteEvent, sortNotes } from './score.ts';

/** The pitches of MIDI. */
export const PITCHES = 128;

/** Steps of sounding notes as a table of zeros and ones: [steps, 128]. */
export function pianoRoll(piece: Piece): Uint8Array {
  const roll = new Uint8Array(piece.length * PITCHES);
  for (const [step, pitches] of piece.entries()) {
    for (const pitch of pitches) {
      if (!(pitch >= 0 && pitch < PITCHES)) {
        throw new MidiError(`pianoRoll: step ${step} has pitch ${pitch}; expected 0 to 127.`);
      }
      roll[step * PITCHES + pitch] = 1;
    }
  }
  return roll;
}

/**
 * The notes that sound in each step of a table: those whose value is above a threshold.
 * @param roll [steps, 128]
 */
export function pieceOfRoll(roll: ArrayLike<number>, threshold = 0.5): Int32Array[] {
  if (roll.length % PITCHES !== 0) {
    throw new MidiError(`pieceOfRoll: expected rows of 128, got ${roll.length} values.`);
  }
  return Array.from({ length: roll.length / PITCHES }, (_, step) => {
    const pitches: number[] = [];
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      if ((roll[step * PITCHES + pitch] as number) > threshold) pitches.push(pitch);
    }
    return Int32Array.from(pitches);
  });
}

export interface PieceNotesOptions {
  /** Steps in a quarter note. Default 1. */
  readonly stepsPerQuarter?: number;
  /** Whether a note that goes on in the next step is one long note; otherwise it is struck again. Default true. */
  readonly hold?: boolean;
  readonly velocity?: number;
  readonly program?: number;
}

/** Steps of sounding notes as note events, by start and pitch. */
export function pieceToNotes(
  piece: Piece,
  { stepsPerQuarter = 1, hold = true, ...rest }: PieceNotesOptions = {},
): NoteEvent[] {
  const notes: NoteEvent[] = [];
  const sounding = new Map<number, number>();
  const end = (pitch: number, start: number, step: number) =>
    notes.push({
      start: start / stepsPerQuarter,
      duration: (step - start) / stepsPerQuarter,
      pitch,
      ...rest,
    });
  for (let step = 0; step <= piece.length; step++) {
    const pitches = new Set(piece[step] ?? []);
    for (const [pitch, start] of sounding) {
      if (hold && pitches.has(pitch)) continue;
      end(pitch, start, step);
      sounding.delete(pitch);
    }
    for (const pitch of pitches) if (!sounding.has(pitch)) sounding.set(pitch, step);
  }
  return sortNotes(notes);
}

/**
 * Note events as steps of sounding notes: a note sounds in the steps from the nearest to its start up to the nearest to its
 * end, and in one at least. Drums are left out.
 *
 * @param stepsPerQuarter steps in a quarter note
 * @param maximumSteps longer music is refused
 */
export function notesToPiece(
  notes: readonly NoteEvent[],
  stepsPerQuarter = 4,
  maximumSteps = 1 << 16,
): Int32Array[] {
  const steps: Set<number>[] = [];
  for (const { start, duration, pitch, drum } of notes) {
    if (drum) continue;
    const first = Math.round(start * stepsPerQuarter);
    const last = Math.max(first + 1, Math.round((start + duration) * stepsPerQuarter));
    if (!(last <= maximumSteps)) {
      throw new MidiError(`notesToPiece: a note ends at step ${last}; at most ${maximumSteps} are made.`);
    }
    while (steps.length < last) steps.push(new Set());
    for (let step = first; step < last; step++) steps[step]?.add(pitch);
  }
  return steps.map((pitches) => Int32Array.from(pitches).sort());
}
