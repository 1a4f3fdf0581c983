import type { Piece } from '../../data/index.ts';

/** Music by numbers, to be compared with that of others. */
export interface MusicFigures {
  /** Notes that sound in a step. */
  readonly notesPerStep: number;
  /** The part of steps in which nothing sounds. */
  readonly silent: number;
  /** How many pitches are used, and from where to where they reach. */
  readonly usedPitches: number;
  readonly lowest: number;
  readonly highest: number;
  /** The part of notes that belong to the scale that fits a piece best. */
  readonly inScale: number;
  /** The part of intervals between two notes of a step that are consonant: thirds, fourths, fifths, sixths, octaves. */
  readonly consonant: number;
  /** The part of notes that sounded in the step before too. */
  readonly held: number;
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const CONSONANT = new Set([0, 3, 4, 5, 7, 8, 9]);

/** How often each of the twelve notes sounds, whatever its octave. */
function pitchClasses(piece: Piece): Float64Array {
  const counts = new Float64Array(12);
  for (const pitches of piece) {
    for (const pitch of pitches) counts[pitch % 12] = (counts[pitch % 12] as number) + 1;
  }
  return counts;
}

const inKey = (counts: Float64Array, key: number): number =>
  MAJOR.reduce((sum, degree) => sum + (counts[(key + degree) % 12] as number), 0);

/** The major scale that has most of a piece's notes, by its first note, from 0 for C; a minor one has the notes of a major one. */
export function scaleOf(piece: Piece): number {
  const counts = pitchClasses(piece);
  // Of scales that fit alike, the one whose three main chords sound most.
  const fit = (key: number) =>
    inKey(counts, key) +
    0.1 * ((counts[key] as number) + (counts[(key + 7) % 12] as number) + (counts[(key + 4) % 12] as number));
  return Array.from({ length: 12 }, (_, key) => key).reduce((best, key) =>
    fit(key) > fit(best) ? key : best,
  );
}

export function musicFigures(pieces: readonly Piece[]): MusicFigures {
  const used = new Set<number>();
  let [steps, silent, notes, inScale, pairs, consonant, held] = [0, 0, 0, 0, 0, 0, 0];
  for (const piece of pieces) {
    const counts = pitchClasses(piece);
    inScale += Math.max(...Array.from({ length: 12 }, (_, key) => inKey(counts, key)));
    for (const [step, pitches] of piece.entries()) {
      steps++;
      if (pitches.length === 0) silent++;
      for (const [i, pitch] of pitches.entries()) {
        used.add(pitch);
        notes++;
        if (piece[step - 1]?.includes(pitch)) held++;
        for (const above of pitches.subarray(i + 1)) {
          pairs++;
          if (CONSONANT.has(Math.abs(above - pitch) % 12)) consonant++;
        }
      }
    }
  }
  const part = (some: number, all: number) => (all > 0 ? some / all : 0);
  return {
    notesPerStep: part(notes, steps),
    silent: part(silent, steps),
    usedPitches: used.size,
    lowest: used.size > 0 ? Math.min(...used) : 0,
    highest: used.size > 0 ? Math.max(...used) : 0,
    inScale: part(inScale, notes),
    consonant: part(consonant, pairs),
    held: part(held, notes),
  };
}
