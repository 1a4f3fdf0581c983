import { describe, expect, test } from 'vitest';
import {
  MidiError,
  type NoteEvent,
  notesToPiece,
  pianoRoll,
  pieceOfRoll,
  pieceOfVoices,
  pieceToNotes,
  readMidi,
  voiceGrid,
  writeMidi,
} from '../../../src/data/index.ts';

const piece = [[48, 60, 64, 67], [48, 60, 64, 69], [], [50, 65]].map((step) => Int32Array.from(step));

/** A file written by hand, from the specification: one C, a quarter note long, at 120. */
const smallest = Uint8Array.of(
  ...[0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 96],
  ...[0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, 22],
  ...[0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20],
  ...[0, 0xc0, 19],
  ...[0, 0x90, 60, 64],
  ...[96, 0x80, 60, 0],
  ...[0, 0xff, 0x2f, 0],
);

describe('MIDI', () => {
  test('a file by the specification is read', () => {
    expect(readMidi(smallest)).toEqual({
      notes: [{ start: 0, duration: 1, pitch: 60, velocity: 64, program: 19 }],
      tempo: 120,
      tempoChanges: false,
      tracks: 1,
    });
  });

  test('what is written is read again: times, pitches, instruments, drums, tempo', () => {
    const notes: NoteEvent[] = [
      { start: 0, duration: 1, pitch: 60, velocity: 100, program: 0 },
      { start: 0.5, duration: 1 / 3, pitch: 72, velocity: 1, program: 40 },
      { start: 1, duration: 0.25, pitch: 38, velocity: 127, drum: true },
      { start: 1.5, duration: 2, pitch: 60, velocity: 64, program: 0 },
    ];
    const { notes: read, tempo, tracks } = readMidi(writeMidi({ notes, tempo: 90 }));
    expect(tracks).toBe(3);
    expect(tempo).toBeCloseTo(90, 3);
    expect(read).toHaveLength(4);
    for (const [i, note] of read.entries()) {
      const { duration, ...rest } = notes[i] as NoteEvent;
      expect(note).toMatchObject(rest);
      expect(note.duration).toBeCloseTo(duration, 5);
    }
  });

  test('sixteen instruments are one too many', () => {
    const notes = Array.from({ length: 16 }, (_, program) => ({ start: 0, duration: 1, pitch: 60, program }));
    expect(() => writeMidi({ notes })).toThrow(/15/);
    expect(readMidi(writeMidi({ notes: notes.slice(0, 15) })).notes).toHaveLength(15);
  });

  test.each<[string, Partial<NoteEvent>]>([
    ['a pitch too high', { pitch: 128 }],
    ['half a pitch', { pitch: 60.5 }],
    ['no length', { duration: 0 }],
    ['before the beginning', { start: -1 }],
    ['no number', { start: Number.NaN }],
    ['silence', { velocity: 0 }],
  ])('%s is refused', (_, change) => {
    expect(() => writeMidi({ notes: [{ start: 0, duration: 1, pitch: 60, ...change }] })).toThrow(MidiError);
  });

  test('what is no MIDI file, or half of one, is refused', () => {
    expect(() => readMidi(new Uint8Array(0))).toThrow(/no MIDI file/);
    expect(() => readMidi(new TextEncoder().encode('<html>not found</html>'), { name: 'x.mid' })).toThrow(
      /^x\.mid/,
    );
    expect(() => readMidi(smallest, { maximumBytes: 20 })).toThrow(/at most 20/);
    const smpte = smallest.slice();
    smpte[12] = 0xe7;
    expect(() => readMidi(smpte)).toThrow(/quarter notes/);
  });

  test('no bytes make it fail otherwise than by saying so', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 300; round++) {
      const bytes = smallest.slice(0, round % 3 === 0 ? Math.floor(random() * smallest.length) : undefined);
      for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        for (const note of readMidi(bytes).notes) expect(note.pitch).toBeLessThan(128);
      } catch (error) {
        expect(error).toBeInstanceOf(MidiError);
      }
    }
  });
});

describe('steps', () => {
  test('become a piano roll and come back', () => {
    const roll = pianoRoll(piece);
    expect(roll.length).toBe(4 * 128);
    expect(roll.reduce((sum, value) => sum + value, 0)).toBe(10);
    expect(roll[128 + 69]).toBe(1);
    expect(pieceOfRoll(roll)).toEqual(piece);
    expect(() => pieceOfRoll(new Float32Array(100))).toThrow(/rows of 128/);
    expect(() => pianoRoll([Int32Array.of(128)])).toThrow(/step 0 has pitch 128/);
  });

  test('become notes: what goes on is held, or struck again', () => {
    const held = pieceToNotes(piece);
    expect(held).toHaveLength(7);
    expect(held[0]).toEqual({ start: 0, duration: 2, pitch: 48 });
    expect(pieceToNotes(piece, { hold: false })).toHaveLength(10);
    const quick = pieceToNotes(piece, { stepsPerQuarter: 4, program: 19 });
    expect(quick.at(-1)).toEqual({ start: 0.75, duration: 0.25, pitch: 65, program: 19 });
    expect(notesToPiece(quick, 4)).toEqual(piece);
    expect(() => notesToPiece([{ start: 1e9, duration: 1, pitch: 1 }])).toThrow(/at most/);
  });

  test('become voices that do not cross, and come back', () => {
    const grid = voiceGrid(piece);
    expect([...grid]).toEqual([48, 60, 64, 67, 48, 60, 64, 69, -1, -1, -1, -1, 50, -1, 65, -1]);
    expect(pieceOfVoices(grid)).toEqual(piece);
    expect([...voiceGrid([Int32Array.of(40, 50, 60, 70, 80)])]).toEqual([40, 60, 70, 80]);
  });
});
