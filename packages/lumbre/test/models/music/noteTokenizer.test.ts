import { expect, test } from 'vitest';
import { type NoteEvent, pieceToNotes, readMidi, writeMidi } from '../../../src/data/index.ts';
import { Generator } from '../../../src/index.ts';
import {
  AGAIN,
  END,
  FIRST_PITCH,
  joinPieces,
  NOTE_VOCAB_SIZE,
  NoteTokenizer,
  pitchCount,
  STEP,
  stepCount,
  transposeTokens,
} from '../../../src/models/music/index.ts';

const bare = (notes: readonly NoteEvent[]) =>
  notes.map(({ start, duration, pitch }) => ({ start, duration, pitch }));

/** Music on a grid in which no pitch overlaps itself; many notes are struck again at once. */
function randomNotes(seed: number, stepsPerQuarter: number): NoteEvent[] {
  const word = new Generator(seed).hostWords();
  const below = (n: number) => Math.floor((word() / 2 ** 32) * n);
  const notes: NoteEvent[] = [];
  for (const pitch of [0, 40, 41, 60, 64, 67, 127]) {
    for (let step = below(4); step < 40; ) {
      const length = 1 + below(6);
      notes.push({ start: step / stepsPerQuarter, duration: length / stepsPerQuarter, pitch });
      step += length + (below(2) ? 0 : below(5));
    }
  }
  return notes.sort((a, b) => a.start - b.start || a.pitch - b.pitch);
}

test('notes become tokens, step by step from above', () => {
  const tokenizer = new NoteTokenizer(1);
  const notes = [
    { start: 0, duration: 2, pitch: 48 },
    { start: 0, duration: 1, pitch: 60 },
    { start: 1, duration: 1, pitch: 60 },
    { start: 3, duration: 1, pitch: 62 },
  ];
  const [low, middle, high] = [48, 60, 62].map((pitch) => FIRST_PITCH + pitch);
  expect([...tokenizer.encode(notes)]).toEqual([
    ...[middle, low, STEP],
    ...[AGAIN, middle, low, STEP],
    ...[STEP, high, STEP],
  ]);
});

test.each([1, 2, 4, 12])(
  'any notes on the grid come back as they were: %i steps a quarter',
  (stepsPerQuarter) => {
    const tokenizer = new NoteTokenizer(stepsPerQuarter);
    for (let seed = 1; seed <= 20; seed++) {
      const notes = randomNotes(seed, stepsPerQuarter);
      const tokens = tokenizer.encode(notes);
      expect(tokens.every((token) => token > END && token < NOTE_VOCAB_SIZE)).toBe(true);
      expect(tokenizer.decode(tokens)).toEqual(notes);
      expect(tokenizer.encode(tokenizer.decode(tokens))).toEqual(tokens);
    }
  },
);

test('through a MIDI file and back', () => {
  const tokenizer = new NoteTokenizer(4);
  const notes = randomNotes(7, 4);
  const file = readMidi(writeMidi({ notes }));
  expect(bare(tokenizer.decode(tokenizer.encode(file.notes)))).toEqual(notes);
});

test('steps of sounding notes come back, silence and all', () => {
  const tokenizer = new NoteTokenizer(1);
  const piece = [[60, 64, 67], [60, 65], [], [48], []].map((pitches) => Int32Array.from(pitches));
  const tokens = tokenizer.encodePiece(piece);
  expect([stepCount(tokens), pitchCount(tokens)]).toEqual([5, 6]);
  expect(tokenizer.decodePiece(tokens)).toEqual(piece);
  expect(tokenizer.decode(tokens)).toEqual(pieceToNotes(piece));
});

test('what is off the grid goes to the nearest step, and lasts one at least', () => {
  const tokenizer = new NoteTokenizer(4);
  const tokens = tokenizer.encode([{ start: 0.27, duration: 0.01, pitch: 60 }]);
  expect(tokenizer.decode(tokens)).toEqual([{ start: 0.25, duration: 0.25, pitch: 60 }]);
});

test('notes of one pitch that overlap are struck again, and drums are left out', () => {
  const tokenizer = new NoteTokenizer(1);
  const notes = [
    { start: 0, duration: 4, pitch: 60 },
    { start: 2, duration: 1, pitch: 60 },
    { start: 0, duration: 9, pitch: 36, drum: true },
  ];
  expect(tokenizer.decode(tokenizer.encode(notes))).toEqual([
    { start: 0, duration: 2, pitch: 60 },
    { start: 2, duration: 2, pitch: 60 },
  ]);
});

test('whatever a model writes is music', () => {
  const tokenizer = new NoteTokenizer(1);
  const pitch = FIRST_PITCH + 60;
  const notes = tokenizer.decode([END, AGAIN, AGAIN, STEP, pitch, pitch, AGAIN, STEP, AGAIN, pitch, END]);
  expect(notes).toEqual([
    { start: 1, duration: 1, pitch: 60 },
    { start: 2, duration: 1, pitch: 60 },
  ]);
  expect(tokenizer.decode([])).toEqual([]);
});

test('other keys, where all pitches fit', () => {
  const tokens = Int32Array.of(FIRST_PITCH + 60, AGAIN, FIRST_PITCH + 126, STEP);
  expect(transposeTokens(tokens, 1)).toEqual(Int32Array.of(FIRST_PITCH + 61, AGAIN, FIRST_PITCH + 127, STEP));
  expect(transposeTokens(tokens, 2)).toBeNull();
  expect(transposeTokens(Int32Array.of(FIRST_PITCH, STEP), -1)).toBeNull();
});

test('pieces are joined with borders', () => {
  expect([...joinPieces([Int32Array.of(5, STEP), Int32Array.of(6, STEP)])]).toEqual([
    ...[END, 5, STEP, END, 6, STEP, END],
  ]);
});

test('it refuses what is no pitch, and a grid that is none', () => {
  expect(() => new NoteTokenizer(0)).toThrow('whole number from 1');
  expect(() => new NoteTokenizer(1).encode([{ start: 0, duration: 1, pitch: 128 }])).toThrow('pitch 128');
  expect(() => new NoteTokenizer(1).encode([{ start: 0, duration: 1e9, pitch: 60 }])).toThrow('65536');
});
