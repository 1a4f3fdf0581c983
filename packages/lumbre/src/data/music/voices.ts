import type { Piece } from '../registry/index.ts';

/** What stands for silence in a grid of voices. */
export const REST = -1;

/** Where the voices of a choir lie when nothing is known of them: bass, tenor, alto, soprano. */
const HOME = [48, 55, 62, 69];

/** All ways to give `count` notes, from the lowest, to some of the voices, in their order. */
function choices(voices: number, count: number, first = 0): number[][] {
  if (count === 0) return [[]];
  const found: number[][] = [];
  for (let voice = first; voice <= voices - count; voice++) {
    for (const rest of choices(voices, count - 1, voice + 1)) found.push([voice, ...rest]);
  }
  return found;
}

/**
 * A piece for four voices as a grid, [steps, 4]: bass, tenor, alto, soprano, and −1 where a voice rests. Where fewer than four
 * notes sound, each goes to the voice that was nearest before, without voices crossing. Of more than four, the lowest and the
 * three highest are kept.
 */
export function voiceGrid(piece: Piece): Int32Array {
  const voices = HOME.length;
  const grid = new Int32Array(piece.length * voices).fill(REST);
  const last = [...HOME];
  for (const [step, pitches] of piece.entries()) {
    const sorted = [...pitches].sort((a, b) => a - b);
    const kept = sorted.length > voices ? [sorted[0] as number, ...sorted.slice(1 - voices)] : sorted;
    let best: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (const choice of choices(voices, kept.length)) {
      const way = choice.reduce(
        (sum, voice, i) => sum + Math.abs((kept[i] as number) - (last[voice] as number)),
        0,
      );
      if (way < least) [best, least] = [choice, way];
    }
    for (const [i, voice] of best.entries()) {
      last[voice] = kept[i] as number;
      grid[step * voices + voice] = kept[i] as number;
    }
  }
  return grid;
}

/** A grid of four voices as steps of sounding notes, each from the lowest to the highest. */
export function pieceOfVoices(grid: ArrayLike<number>): Int32Array[] {
  const voices = HOME.length;
  return Array.from({ length: Math.floor(grid.length / voices) }, (_, step) => {
    const pitches = new Set<number>();
    for (let voice = 0; voice < voices; voice++) {
      const pitch = grid[step * voices + voice] as number;
      if (pitch >= 0 && pitch < 128) pitches.add(pitch);
    }
    return Int32Array.from(pitches).sort();
  });
}
