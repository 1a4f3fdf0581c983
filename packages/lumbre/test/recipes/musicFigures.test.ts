import { expect, test } from 'vitest';
import { musicFigures, scaleOf } from '../../src/recipes/music/musicFigures.ts';
import { rollPicture } from '../../src/recipes/music/rollPicture.ts';
import { inC, pieceOf, rollsOf } from '../../src/recipes/music/rolls.ts';
import { scatter } from '../../src/recipes/support/scatter.ts';

const steps = (...chords: number[][]) => chords.map((pitches) => Int32Array.from(pitches));

test('music by numbers', () => {
  const figures = musicFigures([steps([60, 64, 67], [60, 65], [], [61, 62])]);
  expect(figures).toEqual({
    ...{ notesPerStep: 7 / 4, silent: 1 / 4, usedPitches: 6, lowest: 60, highest: 67 },
    // C sharp is outside of C major; C sharp against D is the one dissonance.
    ...{ inScale: 6 / 7, consonant: 4 / 5, held: 1 / 7 },
  });
  expect(musicFigures([])).toMatchObject({ notesPerStep: 0, usedPitches: 0 });
});

test('a key is found, and a piece brought to C', () => {
  const scale = [0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0];
  for (let key = 0; key < 12; key++) {
    const piece = steps(...scale.map((degree) => [60 + key + degree]));
    expect(scaleOf(piece)).toBe(key);
    expect((inC(piece)[0]?.[0] as number) % 12).toBe(0);
  }
});

test('a piece in rolls, and back', () => {
  const piece = steps(...Array.from({ length: 12 }, (_, i) => [36 + i, 59]));
  const shape = { steps: 8, pitches: 24, lowest: 36 };
  const rolls = rollsOf(piece, shape);
  expect(rolls).toHaveLength(2);
  expect(pieceOf(rolls[1] as Uint8Array, shape)).toEqual(piece.slice(4));
});

test('a roll is seen: high notes above, and later ones to the right', () => {
  const notes = [
    { start: 0, duration: 1, pitch: 60 },
    { start: 1, duration: 1, pitch: 61 },
  ];
  const { data, shape } = rollPicture(notes, { stepWidth: 2, pitchHeight: 2, range: [60, 61] });
  expect(shape).toEqual([4, 4, 3]);
  const red = (x: number, y: number) => data[(y * 4 + x) * 3];
  expect([red(0, 0), red(2, 0), red(0, 2), red(2, 2)]).toEqual([240, 214, 214, 250]);
});

test('points are scattered where they belong, in the colours of their classes', () => {
  const { data, shape } = scatter([0, 0, 1, 1, Number.NaN, 0], { labels: [0, 1, 2], size: 50, radius: 2 });
  expect(shape).toEqual([50, 50, 3]);
  const colour = (x: number, y: number) => [...data.subarray((y * 50 + x) * 3, (y * 50 + x) * 3 + 3)];
  // The first is below to the left, red; the second above to the right, blue.
  const [first, second] = [colour(2, 47), colour(47, 2)] as [number[], number[]];
  expect((first[0] as number) - (first[2] as number)).toBeGreaterThan(100);
  expect((second[2] as number) - (second[0] as number)).toBeGreaterThan(80);
  expect(colour(25, 25)).toEqual([252, 250, 246]);
});
